"""The models that stay through all migrations are those that Django would make anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState, StateApps

from huikuan.ops.migration_state import kept_models


@pytest.fixture(scope="module")
def state() -> ProjectState:
    """The state after every migration, its models kept from the first one on."""
    loader = MigrationLoader(None)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    assert state.apps is not None
    applied: set[tuple[str, str]] = set()

    with kept_models():
        for leaf in loader.graph.leaf_nodes():
            for key in loader.graph.forwards_plan(leaf):
                if key not in applied:
                    loader.graph.nodes[key].mutate_state(state, preserve=False)
                    applied.add(key)
    return state


def described(model: type[models.Model]) -> dict[str, Any]:
    """All that a migration reads of a model."""
    options = model._meta
    nothing = ProjectState()
    told = MigrationAutodetector(nothing, nothing).deep_deconstruct

    return {
        "columns": [(field.column, told(field)) for field in options.local_fields],
        "references": sorted(
            (field.name, field.related_model._meta.label)
            for field in options.get_fields(include_hidden=True)
            if field.is_relation
        ),
        "indexes": options.indexes,
        "constraints": options.constraints,
        "table": options.db_table,
    }


def test_the_kept_models_are_those_that_are_made_anew(state: ProjectState) -> None:
    kept = {model._meta.label: model for model in state.apps.get_models()}
    anew = {
        model._meta.label: model for model in StateApps(state.real_apps, state.models).get_models()
    }
    assert set(kept) == set(anew)
    for label, model in anew.items():
        assert described(kept[label]) == described(model), label


def test_every_reference_leads_to_the_class_of_this_moment(state: ProjectState) -> None:
    for model in state.apps.get_models():
        for field in model._meta.get_fields(include_hidden=True):
            if field.is_relation:
                there = field.related_model
                assert state.apps.get_model(there._meta.label) is there, (model, field.name)


def test_the_state_of_another_moment_is_left_alone(state: ProjectState) -> None:
    """Going back keeps the states of many moments, which share their classes."""
    later = state.clone()
    with kept_models():
        later.add_field("casebook", "case", "of_tomorrow", models.IntegerField(null=True), True)

    names = [field.name for field in state.apps.get_model("casebook.Case")._meta.fields]
    assert "of_tomorrow" not in names
    assert later.apps.get_model("casebook.Case")._meta.get_field("of_tomorrow")
