"""A new book's tables in a third of the time: the models of the migrations stay.

While Django migrates, it keeps a class for every model of the moment. At each operation it makes
the class that changed anew, and with it all that have a relation to it, which here are nearly all:
eleven thousand classes for one new book, nine tenths of the whole time. A model, a field, an index
or a constraint that is new changes no other class: it is added to the classes that are there, as
the models of a program are when they are imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Field, Model
from django.db.models.fields import NOT_PROVIDED


@contextmanager
def kept_models() -> Iterator[None]:
    """Migrations inside the block make only those classes anew that an operation changes.

    Going back is as Django does it: there one class belongs to the states of many moments.
    """
    ways: dict[str, Any] = {
        "add_model": _add_model,
        "add_field": _add_field,
        "alter_field": _alter_field,
        "_append_option": _append_option,
        "_remove_option": _remove_option,
    }
    before = {name: getattr(ProjectState, name) for name in ways}
    for name, way in ways.items():
        setattr(ProjectState, name, way)

    try:
        yield
    finally:
        for name, way in before.items():
            setattr(ProjectState, name, way)


# The stubs name only what Django documents of a state.
_State: Any = ProjectState
_PLAIN_ADD_MODEL = _State.add_model
_PLAIN_ADD_FIELD = _State.add_field
_PLAIN_ALTER_FIELD = _State.alter_field
_PLAIN_APPEND_OPTION = _State._append_option
_PLAIN_REMOVE_OPTION = _State._remove_option


def _add_model(state: Any, model_state: ModelState) -> None:
    """A new model: nothing but its own class is made."""
    key = (model_state.app_label, model_state.name_lower)
    if key in state.models or not _owns_its_models(state):
        _PLAIN_ADD_MODEL(state, model_state)
        return

    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    state.apps.render_multiple([model_state])


def _add_field(
    state: Any,
    app_label: str,
    model_name: str,
    name: str,
    field: Field[Any, Any],
    preserve_default: bool,
) -> None:
    """A new column, or a new reference of one model to another."""
    model = _own_model(state, app_label, model_name)
    is_simple = not field.many_to_many and not getattr(field, "generated", False)
    # Procrastinate adds a field that its model has.
    is_new = name not in state.models[app_label, model_name].fields
    if model is None or not is_simple or not is_new:
        _PLAIN_ADD_FIELD(state, app_label, model_name, name, field, preserve_default)
        return

    kept = field
    if not preserve_default:
        kept = field.clone()
        kept.default = NOT_PROVIDED
    key = (app_label, model_name)
    state.models[key].fields[name] = kept
    if state._relations is not None:
        state.resolve_model_field_relations(key, name, kept)

    # A copy, because the field of the state belongs to no class.
    kept.clone().contribute_to_class(model, name)
    state.apps.clear_cache()


def _alter_field(
    state: Any,
    app_label: str,
    model_name: str,
    name: str,
    field: Field[Any, Any],
    preserve_default: bool,
) -> None:
    """Other choices or words of a column that is in the database as it was.

    A column that changes there is compared with what it was, so it needs the class of before.
    """
    model = _own_model(state, app_label, model_name)
    fields = state.models[app_label, model_name].fields
    if model is None or not preserve_default or not _is_same_column(fields[name], field):
        is_plain = not fields[name].is_relation and not field.is_relation
        _PLAIN_ALTER_FIELD(state, app_label, model_name, name, field, preserve_default)
        if model is not None and is_plain:
            # Django leaves what refers to the neighbours of this class at their classes of before.
            state.reload_model(app_label, model_name)
        return

    fields[name] = field
    old: Any = model._meta.get_field(name)
    new = field.clone()
    # Columns stand in the order of this number.
    new.creation_counter = old.creation_counter
    model._meta.local_fields.remove(old)
    new.contribute_to_class(model, name)
    state.apps.clear_cache()


def _is_same_column(old: Field[Any, Any], new: Field[Any, Any]) -> bool:
    """Whether the two differ in nothing that the database knows."""
    if old.is_relation or new.is_relation or old.primary_key or new.primary_key:
        return False
    return _column(old) == _column(new)


def _column(field: Field[Any, Any]) -> tuple[object, ...]:
    _name, path, args, given = field.deconstruct()
    told = set(field.non_db_attrs) - {"db_column"}
    return path, args, {name: value for name, value in given.items() if name not in told}


def _append_option(
    state: Any, app_label: str, model_name: str, option_name: str, added: Any
) -> None:
    """A new index or a new constraint."""
    model = _own_model(state, app_label, model_name)
    if model is None:
        _PLAIN_APPEND_OPTION(state, app_label, model_name, option_name, added)
        return

    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], added]
    setattr(model._meta, option_name, [*getattr(model._meta, option_name), added])
    state.apps.clear_cache()


def _remove_option(
    state: Any, app_label: str, model_name: str, option_name: str, removed: str
) -> None:
    """An index or a constraint less; what it was, the operation reads in the state of before."""
    model = _own_model(state, app_label, model_name)
    if model is None:
        _PLAIN_REMOVE_OPTION(state, app_label, model_name, option_name, removed)
        return

    options = state.models[app_label, model_name].options
    options[option_name] = [each for each in options[option_name] if each.name != removed]
    kept = [each for each in getattr(model._meta, option_name) if each.name != removed]
    setattr(model._meta, option_name, kept)
    state.apps.clear_cache()


def _own_model(state: Any, app_label: str, model_name: str) -> type[Model] | None:
    """The class of this model, unless it belongs to the state of another moment too."""
    if not _owns_its_models(state):
        return None

    model = state.apps.all_models[app_label].get(model_name)
    if model is None or model._meta.apps is not state.apps:
        return None
    return model


def _owns_its_models(state: Any) -> bool:
    """Whether the classes are there, and were made for this state and no copy of it."""
    if "apps" not in state.__dict__:
        return False

    return all(model._meta.apps is state.apps for model in state.apps.get_models())
