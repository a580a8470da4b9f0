using Attune.Formats;

namespace Attune.Training;

/// <summary>A checkpoint that was found complete and intact.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="State">What state.json says.</param>
internal sealed record Checkpoint(string Folder, CheckpointState State)
{
    /// <summary>The path of one of its files.</summary>
    /// <param name="name">A name in <see cref="CheckpointState.Files"/>.</param>
    /// <exception cref="AttuneException">It has no such file.</exception>
    public string PathOf(string name) => State.Files.ContainsKey(name) ? SafePath.Under(Folder, name)
        : throw new AttuneException(ExitCode.BadData, Folder, $"this checkpoint has no {name}", "resume with the method that the run began with");
}
