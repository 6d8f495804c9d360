"""The only importer of boto3: clients, keys, tables, queues, secrets, mail."""
