"""The AWS protocols, one file each: what a request says, and how answers and refusals are written."""

from __future__ import annotations

from functools import cache

from fakeaws.wire.protocols.base import Protocol


@cache
def protocol(name: str) -> Protocol:
    """The protocol called `query`, `ec2`, `json`, `rest-json`, `rest-xml` or `smithy-rpc-v2-cbor`; imported now."""
    if name in ("query", "ec2"):
        from fakeaws.wire.protocols.query import Ec2, Query

        return Query() if name == "query" else Ec2()
    if name == "json":
        from fakeaws.wire.protocols.json_rpc import JsonRpc

        return JsonRpc()
    if name == "rest-json":
        from fakeaws.wire.protocols.rest_json import RestJson

        return RestJson()
    if name == "rest-xml":
        from fakeaws.wire.protocols.rest_xml import RestXml

        return RestXml()
    from fakeaws.wire.protocols.rpc_v2_cbor import RpcV2Cbor

    return RpcV2Cbor()
