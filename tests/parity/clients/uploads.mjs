// Puts objects of the given sizes with the AWS SDK for JavaScript v3, in parts where they are large, and gets them back.
import { S3Client, PutObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const [bucket, ...sizes] = process.argv.slice(2);
for (const requestChecksumCalculation of ["WHEN_SUPPORTED", "WHEN_REQUIRED"]) {
  const client = new S3Client({ forcePathStyle: true, requestChecksumCalculation });
  for (const size of sizes.map(Number)) {
    const Body = Buffer.alloc(size, "fakeaws ");
    const Key = `javascript/${requestChecksumCalculation}/${size}`;
    const params = { Bucket: bucket, Key, Body };
    if (size > 8 << 20) await new Upload({ client, params, partSize: 8 << 20 }).done();
    else await client.send(new PutObjectCommand(params));
    const found = await (await client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body.transformToByteArray();
    if (!Body.equals(found)) throw new Error(`${Key}: ${found.length} bytes came back`);
  }
}
console.log("done");
