"""Static files under their digests, kept by browsers for ever."""

from typing import Any

from litestar import MediaType, Request, Response, get

from marketplace.web.assets import CACHE_CONTROL
from marketplace.web.edge import PUBLIC


@get("/static/{name:path}", opt={"who": PUBLIC}, include_in_schema=False, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The file under its name with digest; 404 under any other name."""
    asset = request.app.state.assets.find(request.url.path)
    if asset is None:
        return Response(b"no such file", status_code=404, media_type=MediaType.TEXT)
    headers = {"cache-control": CACHE_CONTROL, "vary": "Accept-Encoding"}
    squeezed = asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", "")
    if squeezed:
        headers["content-encoding"] = "gzip"
    return Response(
        asset.gzipped if squeezed else asset.content, media_type=asset.media_type.partition(";")[0], headers=headers
    )


ROUTES = [static_file]
