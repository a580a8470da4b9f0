namespace Attune.Hub;

/// <summary>How far a download is.</summary>
/// <param name="Repository">The repository: <c>org/name</c>.</param>
/// <param name="File">The file's name in it.</param>
/// <param name="Done">Bytes that are here, those of an earlier, interrupted download included.</param>
/// <param name="Total">Bytes of the whole file; null where the hub does not say.</param>
/// <param name="Note">What else there is to say: that another process is downloading the file, that the hub cannot be reached; null: nothing.</param>
public sealed record HubProgress(string Repository, string File, long Done, long? Total, string? Note = null);
