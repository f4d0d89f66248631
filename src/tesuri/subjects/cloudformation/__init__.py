"""CloudFormation templates → canonical resources."""
