"""The only place that builds adapters and hands them to flows: each site opens no more than its commands need."""
