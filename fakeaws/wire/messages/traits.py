"""Facts of single services on the wire that their models, as botocore has them, do not carry.

Smithy's own traits for most of these: `s3UnwrappedXmlOutput`, `restXml(noErrorWrapping)`, `xmlName`, `xmlNamespace`.
"""

XML_NAMESPACES = {
    "s3": "http://s3.amazonaws.com/doc/2006-03-01/",
    "s3control": "http://awss3control.amazonaws.com/doc/2018-08-20/",
    "route53": "https://route53.amazonaws.com/doc/2013-04-01/",
    "cloudfront": "http://cloudfront.amazonaws.com/doc/2020-05-31/",
    "sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
}
"""`xmlns` of answers, where `metadata.xmlNamespace` is missing."""

BARE_ERRORS = {"s3"}
"""rest-xml services whose error document is `<Error>` without `<ErrorResponse>` around it, and which give two ids."""

ERROR_HEADERS = {"s3": {"region": "x-amz-bucket-region"}}
"""Members of a service's errors that are answered in a header, whatever the operation."""

UNWRAPPED_OUTPUTS = {("s3", "GetBucketLocation")}
"""Operations whose one member's element is the whole document."""

XML_ROOTS = {
    ("s3", "CompleteMultipartUpload"): "CompleteMultipartUploadResult",
    ("s3", "CreateMultipartUpload"): "InitiateMultipartUploadResult",
    ("s3", "CreateSession"): "CreateSessionResult",
    ("s3", "DeleteObjects"): "DeleteResult",
    ("s3", "GetBucketAccelerateConfiguration"): "AccelerateConfiguration",
    ("s3", "GetBucketAcl"): "AccessControlPolicy",
    ("s3", "GetBucketCors"): "CORSConfiguration",
    ("s3", "GetBucketLifecycle"): "LifecycleConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "LifecycleConfiguration",
    ("s3", "GetBucketLogging"): "BucketLoggingStatus",
    ("s3", "GetBucketNotification"): "NotificationConfiguration",
    ("s3", "GetBucketRequestPayment"): "RequestPaymentConfiguration",
    ("s3", "GetBucketTagging"): "Tagging",
    ("s3", "GetBucketVersioning"): "VersioningConfiguration",
    ("s3", "GetBucketWebsite"): "WebsiteConfiguration",
    ("s3", "GetObjectAcl"): "AccessControlPolicy",
    ("s3", "GetObjectAttributes"): "GetObjectAttributesResponse",
    ("s3", "GetObjectTagging"): "Tagging",
    ("s3", "ListBucketAnalyticsConfigurations"): "ListBucketAnalyticsConfigurationResult",
    ("s3", "ListBucketInventoryConfigurations"): "ListInventoryConfigurationsResult",
    ("s3", "ListBucketMetricsConfigurations"): "ListMetricsConfigurationsResult",
    ("s3", "ListBuckets"): "ListAllMyBucketsResult",
    ("s3", "ListDirectoryBuckets"): "ListAllMyDirectoryBucketsResult",
    ("s3", "ListMultipartUploads"): "ListMultipartUploadsResult",
    ("s3", "ListObjectVersions"): "ListVersionsResult",
    ("s3", "ListObjects"): "ListBucketResult",
    ("s3", "ListObjectsV2"): "ListBucketResult",
    ("s3", "ListParts"): "ListPartsResult",
}
"""The root element of answers, where it is not the name of the output's shape."""

ERROR_NAMESPACES = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810",
    "dynamodbstreams": "com.amazonaws.dynamodb.v20120810",
    "sqs": "com.amazonaws.sqs",
}
"""What stands before `#` in the `__type` of JSON errors, for the services that send it."""

MALFORMED_CODES = {"query": "MalformedInput", "ec2": "InvalidRequest", "rest-xml": "MalformedXML"}
"""The error code of a request that cannot be read, by protocol; SerializationException in the others."""

SIGNING_ALIASES = {"s3express": "s3", "s3-object-lambda": "s3", "IngestionService": "importexport"}
INTERNAL_ERRORS = {"s3": ("InternalError", "We encountered an internal error. Please try again.")}
"""The code and text of a fault of the service's own, where it is not the common InternalFailure.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

"""Signing names that endpoint rules give, and no model."""

SHADOWED = {
    ("s3", "GetBucketLifecycle"): "",
    ("s3", "GetBucketNotification"): "",
    ("s3", "PutBucketLifecycle"): "",
    ("s3", "PutBucketNotification"): "",
    ("s3", "ListDirectoryBuckets"): "s3express",
}
"""Operations that are called as another one is, and give way to it: a newer one, or another endpoint's, which has this
signing name."""

UNSIGNED_REST = ("sso", "sso-oidc", "signin", "s3")
"""Services with REST operations that clients call without a signature, where no host says which is meant."""

VIRTUAL_HOSTED = {"s3": ("s3", "s3-accesspoint", "s3-accelerate", "s3express")}
"""Services whose first path segment may stand in the host, and what their endpoints begin with."""

RENAMED_ERRORS = {
    "json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 400),
        "SignatureDoesNotMatch": ("InvalidSignatureException", 400),
        "IncompleteSignature": ("IncompleteSignatureException", 400),
        "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 400),
    },
    "rest-json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 403),
        "SignatureDoesNotMatch": ("InvalidSignatureException", 403),
        "IncompleteSignature": ("IncompleteSignatureException", 403),
        "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 403),
    },
    "ec2": {
        "InvalidClientTokenId": ("AuthFailure", 401),
        "SignatureDoesNotMatch": ("AuthFailure", 401),
        "MissingAuthenticationToken": ("MissingParameter", 400),
    },
}
"""What refusals of a signature are called in a protocol, with their status, where that is not as in query."""
RENAMED_ERRORS["smithy-rpc-v2-cbor"] = RENAMED_ERRORS["json"]

BARE_UNKNOWN_KEY = ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
"""The refusal of an unknown access key by the services of BARE_ERRORS."""

UNKNOWN_OPERATIONS = {
    "query": ("InvalidAction", "Could not find operation {name} for version {version}", 400),
    "ec2": ("InvalidAction", "The action {name} is not valid for this web service.", 400),
    "json": ("UnknownOperationException", "", 400),
    "smithy-rpc-v2-cbor": ("UnknownOperationException", "", 404),
    "rest-json": ("UnknownOperationException", "", 404),
    "rest-xml": ("MethodNotAllowed", "The specified method is not allowed against this resource.", 405),
}
"""Code, message and status where a service has no such operation."""

RAW_PATHS = {"s3", "s3-outposts", "s3-object-lambda", "s3express"}
"""Signing names whose paths are signed as they are, not normalised and encoded once more."""

FORM_UPLOADS = "s3"
"""The service that takes uploads by HTML forms."""

ADDRESSES = {"sqs": ("QueueUrl", "QueueUrls")}
"""Members of answers that are addresses of the service, which many clients then call instead of their endpoint."""

KEEPS_ENDPOINT = ("aws-cli/", "Boto3/", "Botocore/")
"""How clients begin to call themselves that call their endpoint whatever an address says."""

BUCKETS = "s3"
"""The service whose buckets can be websites."""

WEBSITES = "s3-website"
"""What the host of a static website has between the bucket and the region."""

CORS = ("s3", "GetBucketCors", "CORSRules", "NoSuchCORSConfiguration")
"""The service whose buckets say which pages may call: the operation that tells, its member, the error for none."""

PAGE_OPERATIONS = (
    "DeleteObjects",
    "HeadBucket",
    "ListMultipartUploads",
    "ListObjectVersions",
    "ListObjects",
    "ListObjectsV2",
)
"""Its operations on a bucket's objects that have no Key: pages may call these and those that have one."""

COPY_SOURCE = "x-amz-copy-source"
"""The header by which an upload names the object that it copies, of whatever bucket."""

AWS_DOMAINS = (
    *("amazonaws.com", "api.aws", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "amazonaws.eu"),
    *("api.amazonwebservices.eu", "c2s.ic.gov", "api.aws.ic.gov", "sc2s.sgov.gov", "api.aws.scloud"),
    *("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "amazonaws-us-gov.com"),
    *("aws.amazon.com", "amazonaws.cn", "on.aws", "signin.aws", "awsapps.com", "cloudfront.net", "amazoncognito.com"),
    *("awsapprunner.com", "amplifyapp.com", "elasticbeanstalk.com", "awsglobalaccelerator.com"),
)
"""Domains whose names AWS gives out, and nobody else: endpoints (botocore's partitions.json, endpoints.json and rule
sets), consoles, and the addresses of what customers run. None of them can be made to point to another machine."""
