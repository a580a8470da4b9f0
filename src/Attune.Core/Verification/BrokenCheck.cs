using Attune.Formats;

namespace Attune.Verification;

/// <summary>Fixtures of kind <c>broken</c>: files that must be refused, by what <c>reads</c> says reads them.</summary>
/// <param name="readers">For a value of <c>reads</c> what reads a file (or folder) of that kind, all the way that a user's would go.</param>
internal sealed class BrokenCheck(IReadOnlyDictionary<string, Action<string>> readers) : IFixtureCheck
{
    public string Kind => "broken";

    /// <summary>The reader of folders with an index: what this layer can check by itself.</summary>
    public static KeyValuePair<string, Action<string>> Index { get; } =
        new("model.safetensors.index.json", folder => ShardedSafetensors.OpenFolder(folder).Dispose());

    public FixtureResult Check(Fixture fixture) => readers.TryGetValue(fixture.Text("reads") ?? "", out var read)
        ? BrokenCases.Check(fixture, read) : FixtureResult.Skip($"nothing here reads {fixture.Text("reads")}");
}
