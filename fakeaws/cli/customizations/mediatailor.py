"""How the AWS CLI changes `mediatailor`."""

RAW = {
    "put-playback-configuration": (
        "ad-decision-server-url",
        "slate-ad-url",
        "video-content-source-url",
    )
}
