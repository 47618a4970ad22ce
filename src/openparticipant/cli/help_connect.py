"""What pages of help tell of the control plane, in our own words.

Examples take AWS keys, region, instance and contact from the environment.
"""

from __future__ import annotations

ABOUT = (
    "What a back end does with a chat: start it, add participants, look at it, end it; and which "
    "files an instance lets in. Requests are "
    "signed with AWS keys; for this project's server, env prints what leads to them."
)

OPERATIONS = {
    "create-participant": (
        "Adds a participant to a chat and returns a participant token for it: for "
        "create-participant-connection."
    ),
    "describe-attached-files-configuration": (
        "Tells how large files may be and what they may end in, for one use of them."
    ),
    "describe-contact": "Tells when a chat began and ended, and what it carries.",
    "list-attached-files-configurations": (
        "Tells how large files may be and what they may end in, for every use of them."
    ),
    "start-chat-contact": (
        "Starts a chat and returns its id and the customer's participant token: for "
        "create-participant-connection. start-chat does both in one."
    ),
    "stop-contact": "Ends a chat; its participants can do nothing more in it. Prints nothing.",
    "update-attached-files-configuration": (
        "Decides how large files may be and what they may end in; what is not given stays. With this "
        "project's server it holds for every upload that is started from now on."
    ),
}

MEMBERS = {
    "AttachmentScope": "What the files are for; those of chats are CHAT.",
    "Attributes": "Facts that the chat carries: Name=value,Other=value, or the same as JSON.",
    "ChatDurationInMinutes": "After how many minutes the chat ends by itself.",
    "ClientToken": (
        "A word of your choice that makes a repeated call return the first one's result. "
        "Made up when absent."
    ),
    "ContactFlowId": "The flow the chat begins with; this project's server takes any.",
    "ContactId": "The chat, as named by start-chat-contact.",
    "DisconnectReason": "Why it ends: Code=..., or the same as JSON.",
    "ExtensionConfiguration": (
        "What names of files may end in: AllowedExtensions=[{Extension=pdf},{Extension=png}], or "
        "the same as JSON."
    ),
    "InitialMessage": "What is said first: ContentType=...,Content=..., or the same as JSON.",
    "InstanceId": "The instance of Amazon Connect; this project's server takes any.",
    "MaxResults": "How many of them to return at most.",
    "MaximumSizeLimitInBytes": "The largest file, in bytes: up to 104857600.",
    "NextToken": "Where the page before ended: its NextToken.",
    "ParticipantDetails": (
        "Who it is: DisplayName=..., and for one who is added ParticipantRole=..., or the same as "
        "JSON."
    ),
    "DisconnectOnCustomerExit": "Who leaves together with the customer: AGENT.",
    "SupportedMessagingContentTypes": "The media types that messages may have.",
}

RESULTS = {
    "AllowedExtensions": "Each of them.",
    "AttachedFilesConfiguration": "What holds.",
    "AttachedFilesConfigurations": "What holds, by use.",
    "AttachmentScope": "What the files are for.",
    "Arn": "The chat's Amazon resource name.",
    "Attributes": "The facts that it carries.",
    "Channel": "How the parties speak.",
    "Contact": "The chat.",
    "ContactId": "The chat, for the operations that follow.",
    "DisconnectReason": "Why it ended.",
    "DisconnectTimestamp": "When it ended; absent as long as it goes on.",
    "Expiry": "Until when the token works.",
    "Extension": "What stands behind the last dot of a name.",
    "ExtensionConfiguration": "What names of files may end in.",
    "Id": "What it is known by.",
    "InitialContactId": "The first contact of the chat.",
    "InitiationMethod": "How it was started.",
    "InitiationTimestamp": "When it began, in seconds since 1970, in UTC.",
    "InstanceId": "The instance.",
    "LastModifiedTime": "When that was last decided; absent where nobody did.",
    "LastUpdateTimestamp": "When it last changed.",
    "MaximumSizeLimitInBytes": "The largest file.",
    "NextToken": "For the page that follows; absent on the last one.",
    "ParticipantCredentials": "What the participant connects with.",
    "ParticipantId": "The participant.",
    "ParticipantToken": "The participant token, good for create-participant-connection.",
}

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "create-participant": (
        (
            "Let a bot join:",
            (
                '{} --instance-id "$INSTANCE_ID" --contact-id "$CONTACT_ID" '
                "--participant-details ParticipantRole=CUSTOM_BOT,DisplayName=Robin"
            ),
        ),
    ),
    "describe-attached-files-configuration": (
        (
            "Look up the largest file of a chat:",
            (
                '{} --instance-id "$INSTANCE_ID" --attachment-scope CHAT '
                "--query AttachedFilesConfiguration.MaximumSizeLimitInBytes"
            ),
        ),
    ),
    "describe-contact": (
        (
            "Look at a chat:",
            '{} --instance-id "$INSTANCE_ID" --contact-id "$CONTACT_ID" --output table',
        ),
    ),
    "list-attached-files-configurations": (
        ("Look at all of them:", '{} --instance-id "$INSTANCE_ID" --output table'),
    ),
    "start-chat-contact": (
        (
            "Start a chat, and keep only the participant token:",
            (
                '{} --instance-id "$INSTANCE_ID" --contact-flow-id demo '
                "--participant-details DisplayName=Jane --attributes order=5,shop=north "
                "--query ParticipantToken --output text"
            ),
        ),
    ),
    "stop-contact": (
        (
            "End a chat:",
            '{} --instance-id "$INSTANCE_ID" --contact-id "$CONTACT_ID"',
        ),
    ),
    "update-attached-files-configuration": (
        (
            "Let in pictures and documents of up to 50 MB:",
            (
                '{} --instance-id "$INSTANCE_ID" --attachment-scope CHAT '
                "--maximum-size-limit-in-bytes 52428800 --extension-configuration "
                "'AllowedExtensions=[{{Extension=jpg}},{{Extension=pdf}}]'"
            ),
        ),
    ),
}
