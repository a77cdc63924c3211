"""How the AWS CLI changes `guardduty`."""

RAW = {
    "create-ip-set": ("location",),
    "update-ip-set": ("location",),
    "create-threat-intel-set": ("location",),
    "update-threat-intel-set": ("location",),
}
