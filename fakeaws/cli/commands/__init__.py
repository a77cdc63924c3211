'''The commands that are not operations of a service: the AWS CLI's own (`s3`, `configure`, …) and fakeaws's.

A command is a module of this folder and is found by its name only when it is used: nothing is registered anywhere.
`-` becomes `_` (`ecr-public` → `ecr_public.py`). There are two kinds:

1. A command of its own (`aws s3`, `aws configure`, `fakeaws cloud`): the module has a function `run`.

   def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
       """One line that the list of commands shows."""

   `argv` is what follows the command's name, without the global options, which are in `options`. `streams` is where to
   read and write, with the environment (never use sys.stdin, print or os.environ); binary data goes to
   `streams.stdout.buffer`. `perform(service, operation, params)` calls an operation of the cloud, which is opened at
   the first call only; `client_for(perform, options, streams)` of `fakeaws.cli.calls.client` checks region,
   credentials and parameters too, and words the service's errors. The answer is the exit code. Failures are raised:
   `CliError` of `fakeaws.cli.errors` (`CliError("…")` for wrong arguments, `GeneralError("…")` for the rest).

2. Commands added to a service of the models (`aws logs tail`, `aws cloudformation deploy`): the module is named as
   the service's command and has a table of such functions. They come before the service's operations of the same name.

   SUBCOMMANDS = {"tail": tail, "start-live-tail": start_live_tail}

A command of its own with subcommands ends in the same table: `return dispatch("configure", SUBCOMMANDS, argv, options,
streams, perform)` with `dispatch` of `fakeaws.cli.tree.dispatch`. A value of a table may be a further table.

Options are declared and parsed with `fakeaws.cli.arguments.parser`, which has the AWS CLI's rules and messages
(prefixes, `--opt=value`, required options, choices, unknown options):

   OPTIONS = (
       Option("paths", nargs="+", help="…"),                       # a positional
       Option("--recursive", nargs=0, default=False, help="…"),    # a flag
       Option("--page-size", convert=int, help="…"),
   )
   values = parse_command(OPTIONS, argv)      # {"paths": [...], "recursive": True, "page_size": None}

`load_text(value, "--name")` of `fakeaws.cli.arguments.paramfile` reads `file://` and `fileb://` values as the AWS CLI
does.
`help` describes a command by its docstring and by the module's `OPTIONS` (for `run`) or `HELP = {"tail": OPTIONS}`.
'''
