/* The cloud account's CloudTrail, as one file of Records. */
#include "tests/maker/case.h"

#define CI_KEY "AKIAIOSFODNN7EXAMPLE"
#define OWN_OUTSIDE "192.0.2.4"

void
trail_event(struct company *c, int64_t at, const char *user, const char *key, const char *ip, const char *agent,
	const char *source,
	const char *name, const char *request, const char *error)
{
	struct buf *b = log_add(&c->log[TRAIL], at);
	struct rng *r = &c->r;
	bool reads = strncmp(name, "Get", 3) == 0 || strncmp(name, "List", 4) == 0 || strncmp(name, "Describe", 8) == 0;

	put_open(b, NULL);
	put_str(b, "eventVersion", "1.09");
	put_open(b, "userIdentity");
	put_str(b, "type", "IAMUser");
	put_str(b, "principalId", "AIDACKCEVSQ6C2EXAMPLE");
	put_strf(b, "arn", "arn:aws:iam::123456789012:user/%s", user);
	put_str(b, "accountId", "123456789012");
	put_str(b, "accessKeyId", key);
	put_str(b, "userName", user);
	put_close(b);
	put_key(b, "eventTime");
	buf_byte(b, '"');
	when_iso(b, at, 0, "Z\"");
	put_str(b, "eventSource", source);
	put_str(b, "eventName", name);
	put_str(b, "awsRegion", "eu-west-1");
	put_str(b, "sourceIPAddress", ip);
	put_str(b, "userAgent", agent);
	if (error) {
		put_str(b, "errorCode", error);
		put_strf(b, "errorMessage", "User: arn:aws:iam::123456789012:user/%s is not authorized to perform this "
			"action", user);
	}
	put_raw(b, "requestParameters", request);
	put_raw(b, "responseElements", "null");
	put_strf(b, "requestID", "%s-%s-%s", hex_of(r, 8, false), hex_of(r, 4, false), hex_of(r, 12, false));
	put_strf(b, "eventID", "%s-%s-4%s-a%s-%s", hex_of(r, 8, false), hex_of(r, 4, false), hex_of(r, 3, false), hex_of(r, 3,
		false),
		hex_of(r, 12, false));
	put_bool(b, "readOnly", reads);
	put_str(b, "eventType", "AwsApiCall");
	put_bool(b, "managementEvent", strcmp(name, "GetObject") != 0 && strcmp(name, "PutObject") != 0);
	put_str(b, "recipientAccountId", "123456789012");
	put_str(b, "eventCategory", "Management");
	put_close(b);
	log_end(&c->log[TRAIL]);
}

void
noise_trail(struct company *c)
{
	static const struct {
		const char *source, *name, *request;
	} call[] = {
		{"s3.amazonaws.com", "PutObject", "{\"bucketName\":\"brackwater-builds\",\"key\":\"fm350/firmware.bin\"}"},
		{"s3.amazonaws.com", "GetObject", "{\"bucketName\":\"brackwater-builds\",\"key\":\"fm200/firmware.bin\"}"},
		{"s3.amazonaws.com", "ListObjects", "{\"bucketName\":\"brackwater-builds\"}"},
		{"ec2.amazonaws.com", "DescribeInstances", "{\"maxResults\":100}"},
		{"sts.amazonaws.com", "GetCallerIdentity", "null"},
		{"cloudformation.amazonaws.com", "DescribeStacks", "{\"stackName\":\"builds\"}"},
		{"monitoring.amazonaws.com", "GetMetricData", "null"},
	};
	static const char *const who[] = {"ci-deploy", "ci-deploy", "ci-deploy", "metrics-reader"};
	struct rng *r = &c->r;

	for (unsigned i = 0; i < 640 * c->scale; i++) {
		uint32_t k = rng_below(r, sizeof call / sizeof *call);
		const char *user = PICK(r, who);

		trail_event(c, office_time(r), user, user[0] == 'c' ? CI_KEY : "AKIAI44QH8DHBEXAMPLE", OWN_OUTSIDE,
			user[0] == 'c' ? "aws-cli/2.24.7 md/awscrt#0.23.8 ua/2.1 os/linux#6.1 lang/python#3.12.9" :
			"Boto3/1.37.4 md/Botocore#1.37.4",
			call[k].source, call[k].name, call[k].request, NULL);
	}
}

void
story_trail(struct company *c)
{
	static const struct {
		int h, m, s;
		const char *source, *name, *request, *error, *technique, *what;
	} step[] = {
		{6, 40, 12, "sts.amazonaws.com", "GetCallerIdentity", "null", NULL, "T1078.004", "stolen key tried"},
		{6, 40, 41, "s3.amazonaws.com", "ListBuckets", "null", NULL, "T1619", "buckets listed"},
		{6, 41, 3, "iam.amazonaws.com", "ListUsers", "{\"maxItems\":1000}", NULL, "T1087.004", "users listed"},
		{6, 41, 30, "secretsmanager.amazonaws.com", "ListSecrets", "null", "AccessDenied", "T1555.006",
			"secrets refused"},
		{6, 43, 10, "s3.amazonaws.com", "GetObject",
			"{\"bucketName\":\"brackwater-backups\",\"key\":\"db01/2026-03-09.dump\"}", NULL, "T1530",
			"backup read"},
		{6, 44, 2, "s3.amazonaws.com", "GetObject",
			"{\"bucketName\":\"brackwater-backups\",\"key\":\"db01/2026-03-08.dump\"}", NULL, "T1530",
			"backup read"},
		{6, 46, 55, "s3.amazonaws.com", "GetObject",
			"{\"bucketName\":\"brackwater-finance\",\"key\":\"2025/annual.xlsx\"}", NULL, "T1530",
			"finance file read"},
		{6, 52, 8, "iam.amazonaws.com", "CreateUser", "{\"userName\":\"support-ops\"}", NULL, "T1136.003", "user made"},
		{6, 52, 31, "iam.amazonaws.com", "CreateAccessKey", "{\"userName\":\"support-ops\"}", NULL, "T1098.001",
			"access key made"},
		{6, 53, 2, "iam.amazonaws.com", "AttachUserPolicy",
			"{\"userName\":\"support-ops\",\"policyArn\":\"arn:aws:iam::aws:policy/AdministratorAccess\"}", NULL,
			"T1098.003", "administrator's policy"},
		{6, 58, 44, "cloudtrail.amazonaws.com", "StopLogging",
			"{\"name\":\"arn:aws:cloudtrail:eu-west-1:123456789012:trail/main\"}", NULL,
			"T1562.008", "logging stopped"},
		{7, 4, 19, "ec2.amazonaws.com", "RunInstances",
			"{\"instanceType\":\"p4d.24xlarge\",\"minCount\":8,\"maxCount\":8}",
			"Client.UnauthorizedOperation", "T1578.002", "machines refused"},
	};

	for (unsigned i = 0; i < sizeof step / sizeof *step; i++) {
		trail_event(c, AT(11, step[i].h, step[i].m, step[i].s), "ci-deploy", CI_KEY, CLOUD_THIEF,
			"aws-cli/2.15.1 Python/3.11.8 Linux/6.6.9-amd64 exe/x86_64.kali.2024", step[i].source, step[i].name,
			step[i].request, step[i].error);
		log_plant(&c->log[TRAIL], step[i].technique, step[i].what);
	}
}
