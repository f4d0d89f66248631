"""What watches an account: trails, logs, alarms, recorders, detectors.

**source** Documentation of the Terraform provider hashicorp/aws, resources of CloudTrail, CloudWatch, EventBridge,
Config, GuardDuty, Security Hub, Macie, Systems Manager.
"""

from typing import Final

from tesuri.subjects.aws.leaves import as_days, as_pairs
from tesuri.subjects.terraform.mapping import TypeMapping

MAPPINGS: Final = (
    TypeMapping(
        "aws_cloudtrail",
        "AWS::CloudTrail::Trail",
        {
            "name": "TrailName",
            "enable_logging": "IsLogging",
            "cloud_watch_logs_group_arn": "CloudWatchLogsLogGroupArn",
            "event_selector": "EventSelectors",
            "event_selector.data_resource": "DataResources",
            "advanced_event_selector": "AdvancedEventSelectors",
            "advanced_event_selector.field_selector": "FieldSelectors",
            "insight_selector": "InsightSelectors",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_cloudtrail_event_data_store",
        "AWS::CloudTrail::EventDataStore",
        {
            "advanced_event_selector": "AdvancedEventSelectors",
            "advanced_event_selector.field_selector": "FieldSelectors",
        },
    ),
    TypeMapping(
        "aws_cloudwatch_log_group",
        "AWS::Logs::LogGroup",
        {"name": "LogGroupName", "id": ""},
        leaves={"RetentionInDays": as_days},
    ),
    TypeMapping(
        "aws_cloudwatch_log_metric_filter",
        "AWS::Logs::MetricFilter",
        {
            "name": "FilterName",
            "pattern": "FilterPattern",
            "metric_transformation": "MetricTransformations",
            "metric_transformation.name": "MetricName",
            "metric_transformation.namespace": "MetricNamespace",
            "metric_transformation.value": "MetricValue",
            "metric_transformation.dimensions": "",
        },
    ),
    TypeMapping(
        "aws_cloudwatch_log_subscription_filter",
        "AWS::Logs::SubscriptionFilter",
        {"name": "FilterName"},
    ),
    TypeMapping("aws_cloudwatch_log_resource_policy", "AWS::Logs::ResourcePolicy"),
    TypeMapping("aws_cloudwatch_log_delivery_source", "AWS::Logs::DeliverySource"),
    TypeMapping("aws_cloudwatch_log_delivery", "AWS::Logs::Delivery"),
    TypeMapping(
        "aws_cloudwatch_metric_alarm",
        "AWS::CloudWatch::Alarm",
        {"metric_query": "Metrics", "insufficient_data_actions": "InsufficientDataActions"},
        leaves={"Dimensions": as_pairs},
    ),
    TypeMapping("aws_cloudwatch_composite_alarm", "AWS::CloudWatch::CompositeAlarm"),
    TypeMapping("aws_cloudwatch_event_rule", "AWS::Events::Rule"),
    TypeMapping("aws_cloudwatch_event_bus", "AWS::Events::EventBus"),
    TypeMapping(
        "aws_cloudwatch_event_bus_policy",
        "AWS::Events::EventBus",
        {"policy": "Policy", "event_bus_name": "", "id": ""},
        part_of="event_bus_name",
    ),
    TypeMapping(
        "aws_config_configuration_recorder", "AWS::Config::ConfigurationRecorder", {"id": ""}
    ),
    TypeMapping(
        "aws_config_configuration_recorder_status",
        "AWS::Config::ConfigurationRecorder",
        {"is_enabled": "IsRecording", "name": "", "id": ""},
        part_of="name",
    ),
    TypeMapping("aws_config_delivery_channel", "AWS::Config::DeliveryChannel", {"id": ""}),
    TypeMapping("aws_config_config_rule", "AWS::Config::ConfigRule", {"name": "ConfigRuleName"}),
    TypeMapping(
        "aws_config_configuration_aggregator",
        "AWS::Config::ConfigurationAggregator",
        {
            "name": "ConfigurationAggregatorName",
            "account_aggregation_source": "AccountAggregationSources",
            "account_aggregation_source.all_regions": "AllAwsRegions",
            "account_aggregation_source.regions": "AwsRegions",
            "organization_aggregation_source.all_regions": "AllAwsRegions",
            "organization_aggregation_source.regions": "AwsRegions",
        },
    ),
    TypeMapping(
        "aws_guardduty_detector",
        "AWS::GuardDuty::Detector",
        {"datasources": "DataSources", "id": "Id"},
    ),
    TypeMapping("aws_securityhub_account", "AWS::SecurityHub::Hub", {"id": ""}),
    TypeMapping("aws_securityhub_standards_subscription", "AWS::SecurityHub::Standard"),
    TypeMapping("aws_macie2_account", "AWS::Macie::Session", {"id": ""}),
    TypeMapping("aws_ssm_parameter", "AWS::SSM::Parameter"),
    TypeMapping(
        "aws_ssm_document",
        "AWS::SSM::Document",
        {"permissions": ".", "permissions.account_ids": "SharedAccounts"},
    ),
    TypeMapping("aws_ssm_association", "AWS::SSM::Association"),
    TypeMapping("aws_ssm_patch_baseline", "AWS::SSM::PatchBaseline"),
    TypeMapping("aws_ssm_maintenance_window", "AWS::SSM::MaintenanceWindow"),
    TypeMapping("aws_xray_group", "AWS::XRay::Group"),
    TypeMapping(
        "aws_budgets_budget", "AWS::Budgets::Budget", {"name": "Budget.BudgetName"}, "Budget"
    ),
    TypeMapping("aws_appautoscaling_target", "AWS::ApplicationAutoScaling::ScalableTarget"),
    TypeMapping(
        "aws_appautoscaling_policy",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {"name": "PolicyName"},
    ),
    TypeMapping("aws_cloudwatch_dashboard", "AWS::CloudWatch::Dashboard"),
    TypeMapping("aws_cloudwatch_log_stream", "AWS::Logs::LogStream", {"name": "LogStreamName"}),
    TypeMapping("aws_cloudformation_stack", "AWS::CloudFormation::Stack", {"id": ""}),
    TypeMapping("aws_detective_graph", "AWS::Detective::Graph"),
    TypeMapping("aws_dlm_lifecycle_policy", "AWS::DLM::LifecyclePolicy"),
    TypeMapping("aws_scheduler_schedule", "AWS::Scheduler::Schedule"),
    TypeMapping("aws_oam_link", "AWS::Oam::Link"),
)
