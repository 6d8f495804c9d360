"""Put the page and the merchant's settings where a deployed stack reads them.

In: `web/tracking/` and `config/`. Out: files in the stack's PagesBucket, compiled settings under `config/` in its
DataBucket, an invalidated CDN. Settings are validated before anything is uploaded, so a typo changes nothing.

    python -m tools.publish --stack porchlight
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from tools import tracking_page

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "web" / "tracking"
CONFIG = ROOT / "config"
PACKAGE = ROOT / "layers" / "common"

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


def page_files(brand: Mapping[str, object], folder: Path = PAGES) -> dict[str, bytes]:
    """Every file of the page by its key, with the shop's brand in its slots."""
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    files["index.html"] = tracking_page.filled(files["index.html"].decode(), brand).encode()
    return files


def publish_pages(s3: "S3Client", bucket: str, files: Mapping[str, bytes]) -> None:
    """Upload the page.

    Raises:
        KeyError: A file type without a content type; browsers must not guess (`nosniff`).
    """
    for key, body in files.items():
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=CONTENT_TYPES[Path(key).suffix],
            CacheControl=cache_control(Path(key)),
        )


def compiled_config(folder: Path = CONFIG) -> dict[str, bytes]:
    """The merchant's files as the functions load them, by key. Raises `CalledProcessError` when one is wrong."""
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-m", "porchlight", "config", "compile", str(folder), target]
        subprocess.run(command, check=True, stdout=sys.stderr, env={"PYTHONPATH": str(PACKAGE), "LANG": "C.UTF-8"})
        return {f"config/{file.name}": file.read_bytes() for file in sorted(Path(target).iterdir())}


def publish_config(s3: "S3Client", bucket: str, files: Mapping[str, bytes]) -> None:
    """Upload the compiled settings."""
    for key, body in files.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")


def invalidate(cloudfront: "CloudFrontClient", distribution: str) -> None:
    """Make the CDN ask for every page file again."""
    reference = str(time.time_ns())
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": reference},
    )


def publish(session: boto3.Session, stack: str, endpoint: str | None = None) -> dict[str, str]:
    """Settings first, because they can be refused; then pages; then the CDN. Returns the stack's outputs."""
    config = compiled_config()
    named = outputs(session.client("cloudformation", endpoint_url=endpoint), stack)
    s3 = session.client("s3", endpoint_url=endpoint)
    publish_config(s3, named["DataBucket"], config)
    publish_pages(s3, named["PagesBucket"], page_files(json.loads(config["config/brand.json"])))
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
