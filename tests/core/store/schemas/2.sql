PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE blob (key TEXT PRIMARY KEY, size INTEGER, uses INTEGER, content BLOB);
INSERT INTO "blob" VALUES('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',5,1,X'68656C6C6F');
CREATE TABLE call (id INTEGER PRIMARY KEY, at REAL, account TEXT, region TEXT, document TEXT);
INSERT INTO "call" VALUES(1,1.79610440800811362264e+09,'123456789012','us-east-1','{"service":"sqs","operation":"CreateQueue","caller":["Root","arn:aws:iam::123456789012:root","123456789012","AKIAD776952AD71BF9E8"],"params":{"QueueName":"jobs"},"answer":{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/jobs"}}');
INSERT INTO "call" VALUES(2,1.79610440888353919985e+09,'123456789012','us-east-1','{"service":"s3","operation":"CreateBucket","caller":["Root","arn:aws:iam::123456789012:root","123456789012","AKIAD776952AD71BF9E8"],"params":{"Bucket":"old"},"answer":{"Location":"/old"}}');
CREATE TABLE entry (
        kind TEXT, account TEXT, region TEXT, name TEXT, value TEXT, parent TEXT, key TEXT,
        PRIMARY KEY (kind, account, region, name, value, parent, key)
    ) WITHOUT ROWID
    ;
CREATE TABLE note (name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;
CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE "s3.Bucket" (account TEXT, region TEXT, parent TEXT, key TEXT, document TEXT, PRIMARY KEY (account, region, parent, key)) WITHOUT ROWID;
INSERT INTO "s3.Bucket" VALUES('123456789012','','','old','{"Name":"old","CreationDate":1796104408.81389,"BucketRegion":"us-east-1","ownership":"BucketOwnerEnforced","tags":{},"settings":{"PublicAccessBlock":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}},"acl":[{"Grantee":{"ID":"ebbb0b51acfc761ba0d474490439f92aea57d5ddf044a0ada196bbbebccbf27e","Type":"CanonicalUser"},"Permission":"FULL_CONTROL"}]}');
CREATE TABLE "s3.Object" (account TEXT, region TEXT, parent TEXT, key TEXT, document TEXT, PRIMARY KEY (account, region, parent, key)) WITHOUT ROWID;
INSERT INTO "s3.Object" VALUES('123456789012','','old','hello.txt','{"Key":"hello.txt","LastModified":1796104409.686569,"StorageClass":"STANDARD","ContentType":"text/plain","Metadata":{},"ServerSideEncryption":"AES256","ETag":"\"5d41402abc4b2a76b9719d911017c592\"","checksum":{"ChecksumCRC64NVME":"M3eFcAZSQlc=","ChecksumType":"FULL_OBJECT"},"VersionId":"null","blob":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","Size":5}');
CREATE TABLE schedule (id INTEGER PRIMARY KEY, due REAL, document TEXT);
CREATE TABLE "sqs.Queue" (account TEXT, region TEXT, parent TEXT, key TEXT, document TEXT, PRIMARY KEY (account, region, parent, key)) WITHOUT ROWID;
INSERT INTO "sqs.Queue" VALUES('123456789012','us-east-1','','jobs','{"QueueName":"jobs","Attributes":{"VisibilityTimeout":"30","MaximumMessageSize":"1048576","MessageRetentionPeriod":"345600","DelaySeconds":"0","ReceiveMessageWaitTimeSeconds":"0","SqsManagedSseEnabled":"true"},"tags":{},"created":1796104407.9959323,"modified":1796104407.9959323,"redrives_to":null}');
CREATE INDEX schedule_due ON schedule (due, id);
CREATE INDEX "sqs.Queue by key" ON "sqs.Queue" (key, account, region);
CREATE INDEX "s3.Bucket by key" ON "s3.Bucket" (key, account, region);
CREATE INDEX "s3.Object by key" ON "s3.Object" (key, account, region);
COMMIT;
