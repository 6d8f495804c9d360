"""Put the page and the merchant's settings where a deployed stack reads them.

In: `web/tracking/` and `config/`. Out: files in the stack's PagesBucket, compiled settings under `config/` in its
DataBucket, an invalidated CDN. Settings are validated before anything is uploaded, so a typo changes nothing.

    python -m tools.publish --stack porchlight
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "web" / "tracking"
CONFIG = ROOT / "config"

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
CDN_SECONDS = 86_400
"""How long the CDN may keep a file; publishing invalidates it earlier."""
BROWSER_SECONDS = {".html": 0}
"""How long a browser may use a file unasked: 300 unless listed, so that a page never runs with old parts for long."""


def outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """The stack's outputs by name."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def cache_control(file: Path) -> str:
    """Caching by file type."""
    seconds = BROWSER_SECONDS.get(file.suffix, 300)
    return f"public, max-age={seconds}, s-maxage={CDN_SECONDS}"


def publish_pages(s3: "S3Client", bucket: str, folder: Path = PAGES) -> list[str]:
    """Upload every file of the page; returns the keys.

    Raises:
        KeyError: A file type without a content type; browsers must not guess (`nosniff`).
    """
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in files:
        s3.put_object(
            Bucket=bucket,
            Key=file.relative_to(folder).as_posix(),
            Body=file.read_bytes(),
            ContentType=CONTENT_TYPES[file.suffix],
            CacheControl=cache_control(file),
        )
    return [file.relative_to(folder).as_posix() for file in files]


def compile_config(folder: Path, target: Path) -> None:
    """Validate the merchant's files and write what functions load. Raises `CalledProcessError` when one is wrong."""
    command = [sys.executable, "-m", "porchlight", "config", "compile", str(folder), str(target)]
    subprocess.run(command, check=True, stdout=sys.stderr, env=_environment())


def _environment() -> Mapping[str, str]:
    return {"PYTHONPATH": str(ROOT / "layers" / "common"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def publish_config(s3: "S3Client", bucket: str, folder: Path = CONFIG) -> list[str]:
    """Upload the compiled settings under `config/`; returns the keys."""
    with tempfile.TemporaryDirectory() as compiled:
        compile_config(folder, Path(compiled))
        files = sorted(file for file in Path(compiled).rglob("*") if file.is_file())
        keys = [f"config/{file.relative_to(compiled).as_posix()}" for file in files]
        for key, file in zip(keys, files, strict=True):
            s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), ContentType="application/json")
        return keys


def invalidate(cloudfront: "CloudFrontClient", distribution: str) -> None:
    """Make the CDN ask for every page file again."""
    reference = str(time.time_ns())
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": reference},
    )


def publish(session: boto3.Session, stack: str, endpoint: str | None = None) -> dict[str, str]:
    """Settings first, because they can be refused; then pages; then the CDN. Returns the stack's outputs."""
    named = outputs(session.client("cloudformation", endpoint_url=endpoint), stack)
    s3 = session.client("s3", endpoint_url=endpoint)
    publish_config(s3, named["DataBucket"])
    publish_pages(s3, named["PagesBucket"])
    invalidate(session.client("cloudfront", endpoint_url=endpoint), named["DistributionId"])
    return named


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Publish the tracking page and the settings of a deployed stack.")
    parser.add_argument("--stack", default="porchlight")
    arguments = parser.parse_args()
    try:
        named = publish(boto3.Session(), arguments.stack)
    except subprocess.CalledProcessError:
        return 2  # the compiler has already said which line is wrong
    print(f"published; the tracking page is {named['PageUrl']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
