"""What stands between people and services: load balancers, CloudFront, API Gateway, web ACLs.

**source** Documentation of the Terraform provider hashicorp/aws, resources of ELB, CloudFront, API Gateway, WAF, ACM.
"""

from typing import Final

from tesuri.subjects.terraform.mapping import TypeMapping

_SCHEME: Final = {"Scheme": {"true": "internal", "false": "internet-facing"}}
_ATTRIBUTES: Final = "LoadBalancerAttributes#"
_BALANCER: Final = {
    "load_balancer_type": "Type",
    "internal": "Scheme",
    "subnet_mapping": "SubnetMappings",
    "enable_deletion_protection": f"{_ATTRIBUTES}deletion_protection.enabled",
    "enable_cross_zone_load_balancing": f"{_ATTRIBUTES}load_balancing.cross_zone.enabled",
    "enable_http2": f"{_ATTRIBUTES}routing.http2.enabled",
    "enable_waf_fail_open": f"{_ATTRIBUTES}waf.fail_open.enabled",
    "drop_invalid_header_fields": f"{_ATTRIBUTES}routing.http.drop_invalid_header_fields.enabled",
    "desync_mitigation_mode": f"{_ATTRIBUTES}routing.http.desync_mitigation_mode",
    "idle_timeout": f"{_ATTRIBUTES}idle_timeout.timeout_seconds",
    "access_logs": ".",
    "access_logs.enabled": f"{_ATTRIBUTES}access_logs.s3.enabled",
    "access_logs.bucket": f"{_ATTRIBUTES}access_logs.s3.bucket",
    "access_logs.prefix": f"{_ATTRIBUTES}access_logs.s3.prefix",
    "connection_logs": ".",
    "connection_logs.enabled": f"{_ATTRIBUTES}connection_logs.s3.enabled",
    "connection_logs.bucket": f"{_ATTRIBUTES}connection_logs.s3.bucket",
    "arn": "LoadBalancerArn",
    "dns_name": "",
    "id": "",
}


def _action(block: str) -> dict[str, str]:
    return {
        f"{block}.redirect": "RedirectConfig",
        f"{block}.fixed_response": "FixedResponseConfig",
        f"{block}.forward": "ForwardConfig",
        f"{block}.forward.target_group": "TargetGroups",
        f"{block}.forward.target_group.arn": "TargetGroupArn",
        f"{block}.authenticate_oidc": "AuthenticateOidcConfig",
        f"{block}.authenticate_cognito": "AuthenticateCognitoConfig",
    }


def _balancer(source: str) -> TypeMapping:
    return TypeMapping(
        source, "AWS::ElasticLoadBalancingV2::LoadBalancer", _BALANCER, words=_SCHEME
    )


def _listener(source: str) -> TypeMapping:
    names = {
        "default_action": "DefaultActions",
        "certificate_arn": "Certificates[].CertificateArn",
        "arn": "ListenerArn",
        "alpn_policy": "AlpnPolicy",
        "id": "",
    }
    return TypeMapping(
        source, "AWS::ElasticLoadBalancingV2::Listener", names | _action("default_action")
    )


def _rule(source: str) -> TypeMapping:
    names = {"action": "Actions", "condition": "Conditions", "id": ""}
    return TypeMapping(
        source, "AWS::ElasticLoadBalancingV2::ListenerRule", names | _action("action")
    )


def _target_group(source: str) -> TypeMapping:
    checks = ("enabled", "interval", "path", "port", "protocol", "timeout")
    spelled = {"interval": "IntervalSeconds", "timeout": "TimeoutSeconds"}
    names = {
        f"health_check.{check}": f"HealthCheck{spelled.get(check, check.capitalize())}"
        for check in checks
    }
    return TypeMapping(
        source,
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {"health_check": ".", "arn": "TargetGroupArn", "id": "", **names},
    )


MAPPINGS: Final = (
    _balancer("aws_lb"),
    _balancer("aws_alb"),
    _listener("aws_lb_listener"),
    _listener("aws_alb_listener"),
    _rule("aws_lb_listener_rule"),
    _rule("aws_alb_listener_rule"),
    _target_group("aws_lb_target_group"),
    _target_group("aws_alb_target_group"),
    TypeMapping(
        "aws_elb",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        {
            "name": "LoadBalancerName",
            "internal": "Scheme",
            "listener": "Listeners",
            "listener.lb_port": "LoadBalancerPort",
            "listener.lb_protocol": "Protocol",
            "listener.ssl_certificate_id": "SSLCertificateId",
            "access_logs": "AccessLoggingPolicy",
            "access_logs.bucket": "S3BucketName",
            "access_logs.bucket_prefix": "S3BucketPrefix",
            "access_logs.interval": "EmitInterval",
            "cross_zone_load_balancing": "CrossZone",
            "idle_timeout": "ConnectionSettings.IdleTimeout",
            "connection_draining": "ConnectionDrainingPolicy.Enabled",
            "connection_draining_timeout": "ConnectionDrainingPolicy.Timeout",
            "dns_name": "",
            "id": "",
        },
        words=_SCHEME,
    ),
    TypeMapping(
        "aws_cloudfront_distribution",
        "AWS::CloudFront::Distribution",
        {
            "ordered_cache_behavior": "DistributionConfig.CacheBehaviors",
            "origin": "DistributionConfig.Origins",
            "origin.origin_id": "Id",
            "origin.custom_header": "OriginCustomHeaders",
            "origin.custom_header.name": "HeaderName",
            "origin.custom_header.value": "HeaderValue",
            "logging_config": "DistributionConfig.Logging",
            "custom_error_response": "DistributionConfig.CustomErrorResponses",
            "is_ipv6_enabled": "DistributionConfig.IPV6Enabled",
            "id": "/Id",
            "domain_name": "",
        },
        "DistributionConfig",
    ),
    TypeMapping(
        "aws_cloudfront_origin_access_identity",
        "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        {"id": "/Id"},
        "CloudFrontOriginAccessIdentityConfig",
    ),
    TypeMapping(
        "aws_cloudfront_origin_access_control",
        "AWS::CloudFront::OriginAccessControl",
        {"id": "/Id"},
        "OriginAccessControlConfig",
    ),
    TypeMapping(
        "aws_cloudfront_response_headers_policy",
        "AWS::CloudFront::ResponseHeadersPolicy",
        {"id": "/Id"},
        "ResponseHeadersPolicyConfig",
    ),
    TypeMapping(
        "aws_api_gateway_rest_api",
        "AWS::ApiGateway::RestApi",
        {"id": "RestApiId"},
    ),
    TypeMapping(
        "aws_api_gateway_stage",
        "AWS::ApiGateway::Stage",
        {
            "access_log_settings": "AccessLogSetting",
            "xray_tracing_enabled": "TracingEnabled",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_api_gateway_method_settings",
        "AWS::ApiGateway::Stage",
        {
            "settings": "MethodSettings",
            "settings.require_authorization_for_cache_control": "",
            "stage_name": "",
            "rest_api_id": "",
            "id": "",
        },
        part_of="stage_name",
    ),
    TypeMapping(
        "aws_api_gateway_method",
        "AWS::ApiGateway::Method",
        {"authorization": "AuthorizationType", "id": ""},
    ),
    TypeMapping("aws_api_gateway_resource", "AWS::ApiGateway::Resource", {"id": "ResourceId"}),
    TypeMapping("aws_api_gateway_authorizer", "AWS::ApiGateway::Authorizer", {"id": ""}),
    TypeMapping("aws_api_gateway_domain_name", "AWS::ApiGateway::DomainName", {"id": ""}),
    TypeMapping(
        "aws_api_gateway_rest_api_policy",
        "AWS::ApiGateway::RestApi",
        {"policy": "Policy", "rest_api_id": "", "id": ""},
        part_of="rest_api_id",
    ),
    TypeMapping("aws_apigatewayv2_api", "AWS::ApiGatewayV2::Api", {"id": "ApiId"}),
    TypeMapping(
        "aws_apigatewayv2_stage", "AWS::ApiGatewayV2::Stage", {"name": "StageName", "id": ""}
    ),
    TypeMapping("aws_apigatewayv2_route", "AWS::ApiGatewayV2::Route", {"id": "RouteId"}),
    TypeMapping("aws_apigatewayv2_integration", "AWS::ApiGatewayV2::Integration", {"id": ""}),
    TypeMapping("aws_apigatewayv2_authorizer", "AWS::ApiGatewayV2::Authorizer", {"id": ""}),
    TypeMapping(
        "aws_apigatewayv2_domain_name",
        "AWS::ApiGatewayV2::DomainName",
        {"domain_name_configuration": "DomainNameConfigurations", "id": ""},
    ),
    TypeMapping(
        "aws_wafv2_web_acl",
        "AWS::WAFv2::WebACL",
        {"rule": "Rules", "id": "Id"},
    ),
    TypeMapping("aws_wafv2_web_acl_association", "AWS::WAFv2::WebACLAssociation", {"id": ""}),
    TypeMapping(
        "aws_wafv2_web_acl_logging_configuration", "AWS::WAFv2::LoggingConfiguration", {"id": ""}
    ),
    TypeMapping("aws_wafv2_rule_group", "AWS::WAFv2::RuleGroup", {"rule": "Rules"}),
    TypeMapping("aws_wafv2_ip_set", "AWS::WAFv2::IPSet"),
    TypeMapping("aws_waf_web_acl", "AWS::WAF::WebACL"),
    TypeMapping("aws_wafregional_web_acl", "AWS::WAFRegional::WebACL"),
    TypeMapping(
        "aws_wafregional_web_acl_association", "AWS::WAFRegional::WebACLAssociation", {"id": ""}
    ),
    TypeMapping(
        "aws_acm_certificate",
        "AWS::CertificateManager::Certificate",
        {
            "options": ".",
            "options.certificate_transparency_logging_preference": "CertificateTransparencyLoggingPreference",
            "arn": "Id",
            "id": "",
        },
    ),
    TypeMapping(
        "aws_appsync_graphql_api",
        "AWS::AppSync::GraphQLApi",
        {"log_config.cloudwatch_logs_role_arn": "CloudWatchLogsRoleArn"},
    ),
    TypeMapping("aws_api_gateway_account", "AWS::ApiGateway::Account", {"id": ""}),
    TypeMapping("aws_api_gateway_api_key", "AWS::ApiGateway::ApiKey", {"id": ""}),
    TypeMapping("aws_api_gateway_deployment", "AWS::ApiGateway::Deployment", {"id": ""}),
    TypeMapping(
        "aws_lb_listener_certificate",
        "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        {
            "certificate_arn": "Certificates[].CertificateArn",
            "id": "",
        },
    ),
    TypeMapping("aws_cognito_user_pool_domain", "AWS::Cognito::UserPoolDomain"),
    TypeMapping("aws_amplify_app", "AWS::Amplify::App"),
    TypeMapping("aws_ses_configuration_set", "AWS::SES::ConfigurationSet"),
)
