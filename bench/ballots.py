"""People who vote in a decision over HTTP as browsers do, and people who look at where it stands meanwhile."""

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

CHOICES = ("for", "against", "abstention")
TIMEOUT_SECONDS = 60.0
PAGES_AT_ONCE = 8  # while everybody opens the page before the vote is measured
_HIDDEN = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|vote-[a-z]+)" value="([^"]*)"')
_TOKEN = re.compile(r"csrftoken=([^;]+)")
READ_EVERY_SECONDS = 1.0
ACCEPTED, PAGE = str(http.client.FOUND.value), str(http.client.OK.value)


@dataclass(frozen=True)
class Ballot:
    """What one person is going to vote. session: the key of their signed-in session. college: a slug."""

    session: str
    college: str
    choice: str


@dataclass
class Measured:
    """What was answered. voting, turning, reading: seconds of each vote, of the page it leads to, of each page that a
    reader loaded. statuses: of the votes, or the name of what failed. failed_pages: not answered by 200."""

    voting: list[float] = field(default_factory=list)
    turning: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    failed_pages: Counter[str] = field(default_factory=Counter)
    page_bytes: int = 0
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        return self.statuses[ACCEPTED]


class Browser:
    """One person’s: a connection of its own for each request, the cookies of one site."""

    def __init__(self, address: str, session: str = "") -> None:
        self._address = address  # host:port
        self._cookies = {"sessionid": session} if session else {}

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, values: Iterable[tuple[str, str]]) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(list(values)))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._address}"}
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            if found := _TOKEN.match(line):
                self._cookies["csrftoken"] = found[1]
        return answer.status, text


class Voter:
    """Somebody with the page of the decision open."""

    def __init__(self, address: str, path: str, ballot: Ballot) -> None:
        self._browser = Browser(address, ballot.session)
        self._path = path
        self._choice = [("vote-choice", ballot.choice)]
        self._values: list[tuple[str, str]] = []

    def open_page(self) -> None:
        """Load it, and keep what its form holds. Raises RuntimeError when this person is not offered to vote."""
        status, page = self._browser.get(self._path)
        form = page.partition(f'action="{self._path}/vote"')[2].partition("</form>")[0]
        self._values = _HIDDEN.findall(form)
        if status != http.client.OK or not self._values:
            raise RuntimeError(f"{self._path}: {status}, no form to vote with")

    def vote(self, measured: Measured, lock: threading.Lock) -> None:
        """Send the form, then go where it leads."""
        began = time.perf_counter()
        status = _status_of(lambda: self._browser.post(f"{self._path}/vote", [*self._values, *self._choice]))
        voted = time.perf_counter()
        page_status = _status_of(lambda: self._browser.get(self._path)) if status == ACCEPTED else ""
        turned = time.perf_counter()
        with lock:
            measured.statuses[status] += 1
            measured.voting.append(voted - began)
            if page_status == PAGE:
                measured.turning.append(turned - voted)
            elif page_status:
                measured.failed_pages[page_status] += 1


def _status_of(ask: Callable[[], tuple[int, str]]) -> str:
    """What was answered, or the name of what failed."""
    try:
        return str(ask()[0])
    except OSError as error:
        return type(error).__name__


def hold_vote(
    address: str, path: str, ballots: Sequence[Ballot], *, within_seconds: float, readers: Sequence[str], seed: int = 1
) -> Measured:
    """Everybody opens the page; then each votes at a random moment of the window, while readers reload it every second.

    address: host:port. path: of the decision. readers: the sessions of those who look. The window ends when the last
    vote is answered, and the page it leads to."""
    voters = [Voter(address, path, ballot) for ballot in ballots]
    with ThreadPoolExecutor(PAGES_AT_ONCE) as pool:
        list(pool.map(Voter.open_page, voters))
    draw = random.Random(seed)
    moments = [draw.uniform(0, within_seconds) for _ in voters]
    measured, lock, is_over = Measured(), threading.Lock(), threading.Event()
    began = time.perf_counter()

    def at_its_moment(voter: Voter, moment: float) -> Callable[[], None]:
        def run() -> None:
            time.sleep(max(0.0, began + moment - time.perf_counter()))
            voter.vote(measured, lock)

        return run

    watching = [
        threading.Thread(target=_read, args=(Browser(address, session), path, measured, lock, is_over))
        for session in readers
    ]
    acting = [threading.Thread(target=at_its_moment(*pair)) for pair in zip(voters, moments, strict=True)]
    for thread in (*watching, *acting):
        thread.start()
    for thread in acting:
        thread.join()
    measured.seconds = time.perf_counter() - began
    is_over.set()
    for thread in watching:
        thread.join()
    return measured


def _read(browser: Browser, path: str, measured: Measured, lock: threading.Lock, is_over: threading.Event) -> None:
    """Reload the page every second, or as soon as it came when it takes longer."""
    due = time.perf_counter() + random.random() * READ_EVERY_SECONDS
    while not is_over.wait(max(0.0, due - time.perf_counter())):
        began = time.perf_counter()
        try:
            status, page = browser.get(path)
        except OSError as error:
            status, page = 0, type(error).__name__
        with lock:
            if status == http.client.OK:
                measured.reading.append(time.perf_counter() - began)
                measured.page_bytes = len(page.encode())
            else:
                measured.failed_pages[str(status or page)] += 1
        due = max(due + READ_EVERY_SECONDS, time.perf_counter())


def plain_count(ballots: Iterable[Ballot]) -> Counter[tuple[str, str]]:
    """How many of each college chose what: by (college, choice)."""
    return Counter((ballot.college, ballot.choice) for ballot in ballots)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest one; 0.0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
