import asyncio

from aiobotocore.session import get_session

from fakeaws import sdk


async def main(cloud):
    session = get_session()
    async with session.create_client("s3") as s3, session.create_client("sqs") as sqs:
        await s3.create_bucket(Bucket="aio")
        await s3.put_object(Bucket="aio", Key="k", Body=b"hello" * 1000)
        got = await s3.get_object(Bucket="aio", Key="k", Range="bytes=0-9")
        async with got["Body"] as body:
            assert await body.read() == b"hellohello"
        assert [
            o["Key"]
            async for page in s3.get_paginator("list_objects_v2").paginate(Bucket="aio")
            for o in page["Contents"]
        ] == ["k"]
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="hi", DelaySeconds=1)
        received = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        assert [m["Body"] for m in received["Messages"]] == ["hi"]
        try:
            await sqs.get_queue_url(QueueName="nothing")
        except sqs.exceptions.QueueDoesNotExist:
            pass
        else:
            raise AssertionError("the missing queue was found")


with sdk.patched() as cloud:
    asyncio.run(main(cloud))
print("done")
