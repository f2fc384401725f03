"""No file leads back to itself: `make check` runs this file.

The contracts of import-linter keep the layers apart; inside a room, and inside a layer, they see
nothing. Every file of the package is asked here, and an import inside a function or for types alone
counts like any other.
"""

from __future__ import annotations

import sys

import grimp

PACKAGE = "huikuan"


def imports_of_the_package() -> dict[str, set[str]]:
    """Each file, with the files that it imports."""
    graph = grimp.build_graph(PACKAGE)
    return {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


def circles(imports: dict[str, set[str]]) -> set[frozenset[str]]:
    """Groups of files of which each leads to each other one, whichever way round."""
    reach = {name: reached(name, imports) for name in imports}
    found = set()
    for name, names in reach.items():
        group = frozenset(other for other in names if name in reach[other])
        if group:
            found.add(group)
    return found


def reached(name: str, imports: dict[str, set[str]]) -> set[str]:
    """Every file that a file leads to, over any number of others."""
    seen: set[str] = set()
    waiting = list(imports[name])
    while waiting:
        other = waiting.pop()
        if other not in seen:
            seen.add(other)
            waiting += imports[other]
    return seen


def main() -> int:
    """1, with each circle in a line, where there is one."""
    imports = imports_of_the_package()
    found = circles(imports)
    for group in sorted(found, key=sorted):
        print(f"these files lead back to each other: {', '.join(sorted(group))}")
    print(f"circles: {len(imports)} files, {len(found)} circles")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
