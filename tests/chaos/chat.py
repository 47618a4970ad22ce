"""A chat of two who talk and attach files, and the record of all that they were told was done."""

from __future__ import annotations

import asyncio
import hashlib
import random
import uuid
from dataclasses import dataclass, field

from tests.chaos.participant import Participant
from tests.chaos.service import Service, WrongAnswerError
from tests.contents.samples import MP4

_MOST_FILES = 30  # of the 35 that a contact may have
_LARGEST = 300_000
_PAUSE = (2.0, 8.0)


@dataclass(slots=True)
class Ledger:
    """What was acknowledged: the text of each message and the hash of each file, by id."""

    messages: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Chat:
    """A customer and an agent."""

    def __init__(self, service: Service, tokens: tuple[str, str], seed: int) -> None:
        self.sides = [Participant(service, token) for token in tokens]
        self.ledger = Ledger()
        self._service = service
        self._rng = random.Random(seed)

    async def go_on(self, enough: asyncio.Event) -> None:
        """Do one thing after the other until it is enough; what was begun is finished."""
        rng = self._rng
        await asyncio.gather(*(side.is_here() for side in self.sides))
        while not enough.is_set():
            side = rng.choice(self.sides)
            if len(self.ledger.files) < _MOST_FILES and rng.random() < 0.2:
                await self.attach(side)
            else:
                await self.say(side)
            await asyncio.sleep(rng.uniform(*_PAUSE))

    async def say(self, side: Participant) -> str:
        """Send a message until it is acknowledged; return its id."""
        text = self._unique()
        body = {"ContentType": "text/plain", "Content": text, "ClientToken": text}
        said: str = (await side.call("message", body))["Id"]
        self.ledger.messages[said] = text
        return said

    async def attach(self, side: Participant) -> None:
        """Take a file through its steps, each until it is acknowledged."""
        content = MP4 + self._rng.randbytes(self._rng.randint(1, _LARGEST))
        proposal = {
            "AttachmentName": "a.mp4",
            "AttachmentSizeInBytes": len(content),
            "ContentType": "video/mp4",
            "ClientToken": self._unique(),
        }
        started = await side.call("start-attachment-upload", proposal)
        given, attachment_id = started["UploadMetadata"], started["AttachmentId"]
        completion = {"AttachmentIds": [attachment_id], "ClientToken": self._unique()}
        await self._service.presigned("PUT", given["Url"], content, given["HeadersToInclude"])
        # 409: an earlier try is still at it, or its node has died, which its lease outlives by 30 s.
        for _ in range(60):
            if await side.call("complete-attachment-upload", completion, 409) is not None:
                break
            await asyncio.sleep(1)
        else:
            raise WrongAnswerError("an upload cannot be completed for a minute")
        self.ledger.files[attachment_id] = hashlib.sha256(content).hexdigest()

    async def audit(self) -> None:
        """Hold what both sides are shown against what was acknowledged; raise WrongAnswerError."""
        transcripts = [await self._transcript(side) for side in self.sides]
        for shown in transcripts:
            if shown != transcripts[0]:
                raise WrongAnswerError("the two sides are shown different transcripts")
        shown = transcripts[0]
        if len(set(shown)) != len(shown):
            raise WrongAnswerError("something stands in the transcript twice")
        expected = set(self.ledger.messages.items()) | {(it, it) for it in self.ledger.files}
        if lost := expected - set(shown):
            raise WrongAnswerError(f"acknowledged and lost: {sorted(lost)[:3]}")
        if more := set(shown) - expected:
            raise WrongAnswerError(f"never acknowledged, and there: {sorted(more)[:3]}")
        for side in self.sides:
            for attachment_id, digest in self.ledger.files.items():
                offered = await side.call("attachment", {"AttachmentId": attachment_id})
                content = await self._service.presigned("GET", offered["Url"], b"", {})
                if hashlib.sha256(content).hexdigest() != digest:
                    raise WrongAnswerError(f"other bytes came back: {attachment_id}")

    async def _transcript(self, side: Participant) -> list[tuple[str, str]]:
        """Return messages as id and text, files as their id twice; all else must be comings."""
        found: list[tuple[str, str]] = []
        body = {"MaxResults": 100, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING"}
        while True:
            page = await side.call("transcript", body)
            for item in page["Transcript"]:
                if item["Type"] == "MESSAGE":
                    found.append((item["Id"], item["Content"]))
                elif item["Type"] == "ATTACHMENT":
                    found += [(it["AttachmentId"],) * 2 for it in item["Attachments"]]
                elif not item["ContentType"].endswith("participant.joined"):
                    raise WrongAnswerError(f"nobody asked for {item['ContentType']}")
            if not page.get("NextToken"):
                return found
            body = {**body, "NextToken": page["NextToken"]}

    def _unique(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128)))
