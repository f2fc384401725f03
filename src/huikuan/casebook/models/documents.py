"""Documents 文件 of any subject: contract, statement, photo, mail. Their bytes are encrypted."""

from django.db import models

from huikuan.casebook.models.rows import FactRow, wall


class Document(FactRow):
    """One document of one subject. The same bytes are kept once for each subject."""

    #: Of a complaint nobody may know whose debt it is about.
    creditor = wall("people.Creditor", db_constraint=False, null=True)
    subject_kind = models.CharField(max_length=40, help_text="case, item, statement, complaint, …")
    subject_id = models.BigIntegerField()
    case = models.ForeignKey(
        "casebook.Case", models.PROTECT, null=True, related_name="documents", db_constraint=False
    )
    kind = models.CharField(
        max_length=40, help_text="what it is, as data: contract, statement, mail"
    )
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64, help_text="of the bytes, in hexadecimal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "sha256"], name="document_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DocumentPart(models.Model):
    """A piece of a document, encrypted. Lists read documents without their bytes."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_part")]
