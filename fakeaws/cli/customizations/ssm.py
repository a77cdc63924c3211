"""How the AWS CLI changes `ssm`."""

from fakeaws.cli.customizations.sessions import need_session_plugin

CHECKS = {"start-session": need_session_plugin}
