import hashlib

import httpx


def test_the_published_data_rebuild_the_source_file(client: httpx.Client, source: bytes) -> None:
    dataset = client.get("/v1/dataset").json()
    programs = client.get("/v1/programs").json()["items"]
    regions = client.get("/v1/regions").json()["items"]
    paragraphs = [dataset["title"]]
    label_before = None
    for program in programs:
        paragraphs += [program["name"], program["purpose"]]
        rows = []
        for region in (region for region in regions if region["program"]["id"] == program["id"]):
            label = region["subcategory"]["label"]
            rows.append(
                "\t".join(
                    (
                        "" if label == label_before else label,
                        str(region["number"]),
                        f"{region['name']} ({region['fiscal_years_label']})",
                        region["source"]["page_label"],
                        " ".join(text for text in (region["title"], region["theme"]) if text is not None),
                    )
                )
            )
            label_before = label
        paragraphs.append("\n".join(rows))
        if program["id"] == "global":
            paragraphs.append(dataset["note"])
    rebuilt = ("\n\n" + "\n\n".join(paragraphs)).encode()
    assert rebuilt == source
    assert dataset["source"] == {"sha256": hashlib.sha256(source).hexdigest(), "bytes": len(source)}


def test_the_source_is_the_list_that_was_published(source: bytes) -> None:
    assert hashlib.sha256(source).hexdigest() == "acf9bffe272b1e602cf7cb3644f1ef88a1238494ea699203ef9c298814d622ca"
