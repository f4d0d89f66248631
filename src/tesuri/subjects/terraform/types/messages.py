"""Queues, topics, streams and brokers.

**source** Documentation of the Terraform provider hashicorp/aws, resources of SQS, SNS, Kinesis, MSK, Amazon MQ.
"""

from typing import Final

from tesuri.subjects.terraform.mapping import TypeMapping

MAPPINGS: Final = (
    TypeMapping(
        "aws_sqs_queue",
        "AWS::SQS::Queue",
        {
            "name": "QueueName",
            "policy": "PolicyDocument",
            "visibility_timeout_seconds": "VisibilityTimeout",
            "message_retention_seconds": "MessageRetentionPeriod",
            "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
            "max_message_size": "MaximumMessageSize",
            "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds",
            "id": "QueueUrl",
        },
    ),
    TypeMapping(
        "aws_sqs_queue_policy",
        "AWS::SQS::QueuePolicy",
        {"policy": "PolicyDocument", "queue_url": "Queues", "id": ""},
    ),
    TypeMapping(
        "aws_sns_topic",
        "AWS::SNS::Topic",
        {"name": "TopicName", "policy": "PolicyDocument", "arn": "TopicArn", "id": ""},
    ),
    TypeMapping(
        "aws_sns_topic_policy",
        "AWS::SNS::TopicPolicy",
        {"policy": "PolicyDocument", "arn": "Topics", "id": ""},
    ),
    TypeMapping("aws_sns_topic_subscription", "AWS::SNS::Subscription", {"id": ""}),
    TypeMapping(
        "aws_kinesis_stream",
        "AWS::Kinesis::Stream",
        {
            "encryption_type": "StreamEncryption.EncryptionType",
            "kms_key_id": "StreamEncryption.KeyId",
            "retention_period": "RetentionPeriodHours",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_kinesis_stream_consumer", "AWS::Kinesis::StreamConsumer", {"name": "ConsumerName"}
    ),
    TypeMapping(
        "aws_kinesis_firehose_delivery_stream",
        "AWS::KinesisFirehose::DeliveryStream",
        {
            "name": "DeliveryStreamName",
            "server_side_encryption": "DeliveryStreamEncryptionConfigurationInput",
            "extended_s3_configuration": "ExtendedS3DestinationConfiguration",
            "s3_configuration": "S3DestinationConfiguration",
            "destination": "",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_msk_cluster",
        "AWS::MSK::Cluster",
        {
            "encryption_info.encryption_at_rest_kms_key_arn": "EncryptionAtRest.DataVolumeKMSKeyId",
            "id": "",
        },
    ),
    TypeMapping("aws_msk_serverless_cluster", "AWS::MSK::ServerlessCluster"),
    TypeMapping("aws_mq_broker", "AWS::AmazonMQ::Broker", {"user": "Users", "id": "Id"}),
)
