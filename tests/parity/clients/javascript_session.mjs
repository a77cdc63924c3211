// What the AWS SDK for JavaScript v3 makes of a served cloud; prints one line of JSON.
import { STSClient, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { SQSClient, CreateQueueCommand, SendMessageCommand, ReceiveMessageCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { IAMClient, CreateUserCommand, paginateListUsers } from "@aws-sdk/client-iam";
import { EC2Client, DescribeVpcsCommand } from "@aws-sdk/client-ec2";

const endpoint = { endpoint: process.env.AWS_ENDPOINT_URL };
const answers = {};

answers.account = (await new STSClient(endpoint).send(new GetCallerIdentityCommand({}))).Account;

const sqs = new SQSClient({});
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "javascript" }));
await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "héllo" }));
answers.messages = (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages.map((m) => m.Body);
answers.missing = await sqs.send(new GetQueueUrlCommand({ QueueName: "nothing" })).catch((e) => e.name);

const iam = new IAMClient(endpoint);
for (const name of ["a", "b", "c"]) await iam.send(new CreateUserCommand({ UserName: `js-${name}` }));
answers.users = [];
for await (const page of paginateListUsers({ client: iam, pageSize: 2 }, {})) {
  answers.users.push(...page.Users.map((u) => u.UserName));
}
answers.when = (await iam.send(new CreateUserCommand({ UserName: "js-d" }))).User.CreateDate instanceof Date;

answers.vpcs = (await new EC2Client(endpoint).send(new DescribeVpcsCommand({}))).Vpcs.length;
console.log(JSON.stringify(answers));
