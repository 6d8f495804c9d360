"""Weight and paint of the tracking page, as Chromium gets it from the deployed local stack.

The weight is what crosses the wire until the order is on the screen: each answer's body compressed with gzip, as the
CDN does it, plus the headers as they are. Paint is measured twice: as the machine is, and with the line and processor
of a mid-range telephone (150 ms round trip, 1.6 Mbit/s, processor four times slower), as Lighthouse simulates it.
"""

import gzip
import shutil
from statistics import median

from playwright.sync_api import Browser, Page, Response, sync_playwright

ROUNDS = 9
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
TELEPHONE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
_SHOWN = "() => document.querySelector('#main:not([aria-busy=true])')?.innerText.length > 80"
_PAINT = """
() => new Promise(done => {
  const times = {};
  const note = name => list => { for (const entry of list.getEntries()) times[name(entry)] = entry.startTime; };
  new PerformanceObserver(note(entry => entry.name)).observe({type: 'paint', buffered: true});
  new PerformanceObserver(note(() => 'lcp')).observe({type: 'largest-contentful-paint', buffered: true});
  const look = tries => setTimeout(() => {
    const fcp = times['first-contentful-paint'];
    fcp !== undefined && times.lcp !== undefined || !tries ? done({fcp, lcp: times.lcp}) : look(tries - 1);
  }, 200);
  look(20);
})
"""
"""Both paints, as soon as both are known: Chromium tells of them a frame late."""


def measure(url: str, rounds: int = ROUNDS) -> dict[str, object]:
    """Weight, requests and paint of one view.

    Args:
        url: A link as it stands in a mail.
        rounds: Of painting; medians count.
    """
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        return {"note": "no Chromium on this machine"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        weight = _weight(browser, url)
        paint = {
            "unthrottled": _paint(browser, url, rounds, throttled=False),
            "telephone": _paint(browser, url, rounds, throttled=True),
        }
        browser.close()
    return {**weight, "paint_ms": paint, "rounds": rounds}


def _weight(browser: Browser, url: str) -> dict[str, object]:
    page = browser.new_context(locale="en-US").new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 a builtin is refused
    _open(page, url)
    files = {_path(answer): _size(answer) for answer in answers}
    api = [path for path in files if "/api/" in path]
    return {
        "requests": len(files) - len(api),
        "api_calls": len(api),
        "critical_bytes": sum(size for path, size in files.items() if path not in api),
        "api_bytes": sum(files[path] for path in api),
        "files": files,
    }


def _path(answer: Response) -> str:
    path = "/" + answer.url.split("/", 3)[3].split("#")[0]
    return "/api/tracking/…" if "/api/tracking/" in path else path


def _size(answer: Response) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in answer.all_headers().items())
    return len(gzip.compress(answer.body(), 6)) + headers


def _paint(browser: Browser, url: str, rounds: int, *, throttled: bool) -> dict[str, float]:
    """Medians over fresh contexts, so that nothing comes from a cache."""
    found: dict[str, list[float]] = {"fcp": [], "lcp": []}
    for _ in range(rounds):
        context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
        page = context.new_page()
        if throttled:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", TELEPHONE)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        _open(page, url)
        times = page.evaluate(_PAINT)
        for name, values in found.items():
            values.append(float(times[name]))
        context.close()
    return {name: round(median(values)) for name, values in found.items()}


def _open(page: Page, url: str) -> None:
    page.goto(url, wait_until="load")
    page.wait_for_function(_SHOWN)
