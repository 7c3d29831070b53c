"""Playing histories again: nothing here touches a database."""
