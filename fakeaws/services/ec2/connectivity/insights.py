"""Network Insights: paths that are to be analysed, and what the analyses found."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.connectivity.reachability import Trace
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for

Document = dict[str, Any]
KINDS = {
    "i": ("Instance", "instance"),
    "eni": ("NetworkInterface", "network-interface"),
    "igw": ("InternetGateway", "internet-gateway"),
    "vgw": ("VpnGateway", "vpn-gateway"),
    "tgw": ("TransitGateway", "transit-gateway"),
    "tgw-attach": ("TransitGatewayAttachment", "transit-gateway-attachment"),
    "pcx": ("VpcPeeringConnection", "vpc-peering-connection"),
    "vpce": ("VpcEndpoint", "vpc-endpoint"),
}


def create_network_insights_path(call: Call) -> Document:
    """From a resource to another, or to an address."""
    if "Destination" not in call and "DestinationIp" not in call and "FilterAtSource" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter destination")
    key = new_id(call, "NetworkInsightsPath")
    names = ("SourceIp", "DestinationIp", "DestinationPort", "FilterAtSource", "FilterAtDestination")
    path = {
        "NetworkInsightsPathId": key,
        "NetworkInsightsPathArn": arn_for(call, "NetworkInsightsPath", NetworkInsightsPathId=key),
        "CreatedDate": call.now,
        "Protocol": call["Protocol"],
        "Tags": tags_for(call, "network-insights-path"),
        **{name: call[name] for name in names if name in call},
    }
    for name in ("Source", "Destination"):
        if name in call:
            resource, word = _endpoint(call, call[name])
            path[name] = resource.key
            path[f"{name}Arn"] = call.make(
                "arn:{partition}:ec2:{region}:{account}:{word}/{key}", word=word, key=resource.key
            )
    return {"NetworkInsightsPath": call.keep("NetworkInsightsPath", path)}


def _endpoint(call: Call, name: str) -> tuple[Resource, str]:
    key = name.rpartition("/")[2] if name.startswith("arn:") else name
    found = KINDS.get(key.rpartition("-")[0])
    if found is None:
        raise AwsError("InvalidParameterValue", f"Invalid value '{name}' for the end of a path.")
    return read(call, found[0], key), found[1]


def describe_network_insights_paths(call: Call) -> Document:
    return listed(call, "NetworkInsightsPath", "NetworkInsightsPathIds", "NetworkInsightsPaths")


def delete_network_insights_path(call: Call) -> Document:
    """Its analyses have to go first."""
    path = read(call, "NetworkInsightsPath", call["NetworkInsightsPathId"])
    if next(call.list("NetworkInsightsAnalysis", NetworkInsightsPathId=path.key), None) is not None:
        raise AwsError("AnalysisExistsForNetworkInsightsPath", f"There are analyses for {path.key}.")
    call.drop("NetworkInsightsPath", path)
    return {"NetworkInsightsPathId": path.key}


def start_network_insights_analysis(call: Call) -> Document:
    """The answer says `running`; what it found is there by the next look."""
    path = read(call, "NetworkInsightsPath", call["NetworkInsightsPathId"])
    key = new_id(call, "NetworkInsightsAnalysis")
    trace = Trace(call, path)
    found = trace.run()
    analysis: Document = {
        "NetworkInsightsAnalysisId": key,
        "NetworkInsightsAnalysisArn": arn_for(call, "NetworkInsightsAnalysis", NetworkInsightsAnalysisId=key),
        "NetworkInsightsPathId": path.key,
        "StartDate": call.now,
        "Tags": tags_for(call, "network-insights-analysis"),
    }
    done = {"Status": "succeeded", "NetworkPathFound": found}
    if found:
        done |= {"ForwardPathComponents": trace.forward, "ReturnPathComponents": trace.back}
    else:
        done["Explanations"] = trace.explanations
    call.keep("NetworkInsightsAnalysis", {**analysis, **done})
    return {"NetworkInsightsAnalysis": {**analysis, "Status": "running"}}


def describe_network_insights_analyses(call: Call) -> Document:
    answer = listed(call, "NetworkInsightsAnalysis", "NetworkInsightsAnalysisIds", "NetworkInsightsAnalyses")
    if "NetworkInsightsPathId" in call:
        key = call["NetworkInsightsPathId"]
        rows = answer["NetworkInsightsAnalyses"]
        answer["NetworkInsightsAnalyses"] = [row for row in rows if row["NetworkInsightsPathId"] == key]
    return answer


def delete_network_insights_analysis(call: Call) -> Document:
    analysis = read(call, "NetworkInsightsAnalysis", call["NetworkInsightsAnalysisId"])
    call.drop("NetworkInsightsAnalysis", analysis)
    return {"NetworkInsightsAnalysisId": analysis.key}
