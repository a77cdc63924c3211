import sys
from datetime import UTC, datetime

from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite


class ByAuthor(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-author"
        read_capacity_units = write_capacity_units = 1
        projection = AllProjection()

    author = UnicodeAttribute(hash_key=True)
    pages = NumberAttribute(range_key=True)


class Book(Model):
    class Meta:
        table_name = "books"
        host = sys.argv[1]
        region = "us-east-1"

    shelf = UnicodeAttribute(hash_key=True)
    title = UnicodeAttribute(range_key=True)
    author = UnicodeAttribute()
    pages = NumberAttribute(default=0)
    tags = ListAttribute(null=True)
    bought = UTCDateTimeAttribute(null=True)
    by_author = ByAuthor()


Book.create_table(read_capacity_units=1, write_capacity_units=1, wait=True)
assert Book.exists()
assert Book.describe_table()["TableStatus"] == "ACTIVE"
when = datetime(2024, 5, 1, tzinfo=UTC)
Book("a", "one", author="ann", pages=10, tags=["x", 1], bought=when).save()
with Book.batch_write() as batch:
    for number in range(30):
        batch.save(Book("b", f"title-{number:02}", author="bob", pages=number))
found = Book.get("a", "one")
assert found.pages == 10
assert found.bought == when
assert list(found.tags) == ["x", 1]
assert [b.title for b in Book.query("b", Book.title.startswith("title-0"))] == [f"title-0{n}" for n in range(10)]
assert [b.pages for b in Book.by_author.query("bob", Book.pages > 27, scan_index_forward=False)] == [29, 28]
assert Book.count("b") == 30
assert len(list(Book.scan(Book.author == "ann"))) == 1
found.update(actions=[Book.pages.add(5), Book.tags.set(Book.tags.append([2])), Book.bought.remove()])
found.refresh()
assert found.pages == 15
assert found.bought is None
assert list(found.tags) == ["x", 1, 2]
try:
    Book("a", "one", author="eve").save(condition=Book.title.does_not_exist())
except PutError as error:
    code = error.cause_response_code
assert code == "ConditionalCheckFailedException"
assert {b.title for b in Book.batch_get([("b", "title-01"), ("b", "title-02")])} == {"title-01", "title-02"}
connection = Connection(host=sys.argv[1], region="us-east-1")
with TransactWrite(connection=connection) as change:
    change.save(Book("c", "new", author="cat"))
    change.delete(found)
with TransactGet(connection=connection) as asked:
    new = asked.get(Book, "c", "new")
assert new.get().author == "cat"
assert list(Book.query("a")) == []
seen, last = [], None
while True:
    page = Book.query("b", limit=7, last_evaluated_key=last, page_size=7)
    seen += [b.title for b in page]
    last = page.last_evaluated_key
    if last is None:
        break
assert len(seen) == 30
Book.delete_table()
assert not Book.exists()
print("done")
