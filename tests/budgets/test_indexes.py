"""Which indexes there are: each foreign key has one, and none stands in another one's place."""

import pytest
from sqlalchemy import Table

from app.db.base import Base
from tests.budgets.keys import list_keys

each_table = pytest.mark.parametrize(
    "table", Base.metadata.sorted_tables, ids=lambda table: table.name
)


@each_table
def test_each_foreign_key_begins_an_index(table: Table) -> None:
    """Else erasing what is referred to reads all that might refer to it: a learner's account, all rows."""
    whole = [key for key in list_keys(table) if not key.where]
    for constraint in table.foreign_key_constraints:
        names = {column.name for column in constraint.columns}
        assert any(set(key.columns[: len(names)]) == names for key in whole), sorted(names)


@each_table
def test_no_index_only_begins_another(table: Table) -> None:
    """It would cost writes, and serve nothing that the longer one does not."""
    keys = list(list_keys(table))
    for key in keys:
        longer = [
            other.name
            for other in keys
            if other != key
            and other.where == key.where
            and other.columns[: len(key.columns)] == key.columns
        ]
        assert not longer, f"{key.name} is the beginning of {longer}"
