#!/usr/bin/python3
"""Recompute every SHA-256 of an assay data set from docs/format.md alone: verify_hash.py FILE.nc"""
import hashlib
import sys
import netCDF4

nc = netCDF4.Dataset(sys.argv[1])
nc.set_auto_maskandscale(False)
if nc.assay_format == "assay-table/1":
    h = hashlib.sha256(b"assay-table/1\0")
    columns = [(f"x{c}", nc["x"][:, c]) for c in range(len(nc.dimensions["column"]))]
    for name, v in columns + [(y, nc[y][:]) for y in ("y", "y_exact") if y in nc.variables]:
        h.update("\0".join(["column", name, "f8", str(len(v)), ""]).encode() + v.astype("<f8").tobytes())
    content = hashlib.sha256("\0".join(["assay-table-set/1", nc.recipe, h.hexdigest(), ""]).encode()).hexdigest()
    if (h.hexdigest(), content) != (nc.data_sha256, nc.content_sha256):
        sys.exit(f"table: {h.hexdigest()}, {content} found")
    sys.exit(print(f"table {nc.id}, content {content}: ok"))
axes = [d for d in nc.dimensions if d not in ("case", "time", "lead", "side")]
coordinates = lambda k: [("time", nc["time"][:] if "time" in nc.variables else nc["t"][k])] * ("time" in nc.dimensions) + [
    (a, nc[a][:] if a in nc.variables else nc[a + "c"][k]) for a in axes if a in nc.variables or a + "c" in nc.variables]
hexes = []
for k in range(len(nc.dimensions["case"])):
    n, h = int(nc["n_frames"][k]), hashlib.sha256(b"assay-case/1\0")
    items = [("field", f, nc[f][k, :n] if "time" in nc[f].dimensions else nc[f][k]) for f in sorted(nc.variables) if "kind" in nc[f].ncattrs()]
    items += [("coordinate", a, x[:n] if a == "time" else x) for a, x in coordinates(k)]
    items += [("parameter", p, v[k]) for p, v in sorted(nc["parameters"].variables.items())]
    for kind, name, value in items:
        shape = "x".join(map(str, value.shape))
        h.update("\0".join([kind, name, value.dtype.str[1:], shape, ""]).encode() + value.tobytes())
    hexes.append(h.hexdigest())
    if hexes[-1] != nc["case_sha256"][k]:
        sys.exit(f"case {nc['case_id'][k]}: {hexes[-1]} found, {nc['case_sha256'][k]} stored")
pairs = [t for i, h in zip(nc["case_id"][:], hexes) for t in (str(i), h)]
content = hashlib.sha256("\0".join(["assay-set/1", nc.recipe] + pairs + [""]).encode()).hexdigest()
if content != nc.content_sha256:
    sys.exit(f"content: {content} found, {nc.content_sha256} stored")
print(f"{len(hexes)} cases, content {content}: ok")
