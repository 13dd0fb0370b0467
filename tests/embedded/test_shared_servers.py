import psycopg
import redis
from sqlalchemy import text


def test_each_worker_has_its_own_migrated_database(database_url, engine, worker_number):
    with psycopg.connect(database_url) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
        revision = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
    assert name == (f"test_{worker_number}",)
    assert revision == (1,)
    with engine.connect() as app:
        assert app.execute(text("SELECT current_user")).scalar() == "erp_app"


def test_a_clean_database_forgets_what_a_test_committed(request, database_url):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE left_behind ()")
    request.getfixturevalue("clean_database")
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT to_regclass('left_behind')").fetchone()
    assert found == (None,)


def test_redis_accepts_work_only_with_the_password(redis_url):
    client = redis.Redis.from_url(redis_url)
    assert client.set("ping", "pong")
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()
    stranger = redis.Redis.from_url(redis_url.replace(redis_url[9:57], "wrong"))
    try:
        stranger.ping()
    except redis.AuthenticationError:
        refused = True
    assert refused
    stranger.close()


def test_objects_come_back_as_they_were(s3, environment):
    bucket = environment["S3_BUCKET"]
    s3.put_object(Bucket=bucket, Key="a/b.bin", Body=b"\x00\xff" * 1000)
    assert s3.get_object(Bucket=bucket, Key="a/b.bin")["Body"].read() == b"\x00\xff" * 1000
