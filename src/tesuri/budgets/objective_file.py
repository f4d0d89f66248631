"""One file of `objectives/`: our own form, or OpenSLO v1 documents."""

from tesuri.budgets.load import objectives_from
from tesuri.budgets.openslo import is_openslo, objectives_from_openslo
from tesuri.model.errors import BadInput
from tesuri.model.objective import Objective
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.yaml_document import read_yaml_documents


def read_objectives(data: bytes, *, where: str) -> tuple[Objective, ...]:
    """Give the objectives of a file, in its order.

    **raises** `BadInput` for what neither form is, with the place.
    """
    if where.endswith(".json"):
        documents: tuple[object, ...] = (read_json(data, where=where),)
    else:
        documents = read_yaml_documents(data, where=where)
    if any(map(is_openslo, documents)):
        return objectives_from_openslo(documents, where=where)
    if len(documents) > 1:
        raise BadInput(
            f"The file holds {len(documents)} YAML documents; one is expected.",
            where=where,
            remedy="Only OpenSLO documents may stand in one file together.",
        )
    return objectives_from(documents[0] if documents else None, where=where)
