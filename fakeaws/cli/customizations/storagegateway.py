"""What the AWS CLI makes of `storagegateway`."""

ALIASES = {
    "describe-tapes": {"tape-arns": "tape-ar-ns"},
    "describe-tape-archives": {"tape-arns": "tape-ar-ns"},
    "describe-vtl-devices": {"vtl-device-arns": "vtl-device-ar-ns"},
    "describe-cached-iscsi-volumes": {"volume-arns": "volume-ar-ns"},
    "describe-stored-iscsi-volumes": {"volume-arns": "volume-ar-ns"},
}
