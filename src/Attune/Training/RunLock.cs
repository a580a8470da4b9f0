using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Training;

/// <summary>
/// Keeps a second process out of a run folder. The system's lock on an open file decides, and ends with the process however it ends; who
/// holds it is told in a file beside it.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string LockName = "run.lock";
    private const string OwnerName = "run.owner.json";
    private readonly FileStream held;
    private readonly string owner;

    private RunLock(FileStream held, string owner)
    {
        this.held = held;
        this.owner = owner;
    }

    /// <summary>Takes the lock, or says at once who has it.</summary>
    /// <param name="folder">The run folder, which exists.</param>
    /// <exception cref="AttuneException">Another process works in it (<see cref="ExitCode.TryAgain"/>), or it cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, LockName), owner = Path.Combine(folder, OwnerName);
        FileStream? held = null;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(owner, Describe());
            return new RunLock(held, owner);
        }
        catch (IOException exception) when (held is null && File.Exists(path))
        {
            throw new AttuneException(ExitCode.TryAgain, folder, $"this run folder is in use{Holder(owner)}", "wait until that has ended, or choose another output folder", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new AttuneException(ExitCode.Disk, path, "cannot be written: " + exception.Message, "choose a folder that can be written", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The lock's own file stays: who deletes it may delete it under another process that has just locked it.
        try
        {
            File.Delete(owner);
        }
        finally
        {
            held.Dispose();
        }
    }

    private static string Describe() => new JsonObject
    {
        ["pid"] = Environment.ProcessId,
        ["boot"] = Boot(),
        ["machine"] = Environment.MachineName,
        ["since"] = DateTimeOffset.UtcNow.ToString("u"),
    }.ToJsonString();

    private static string Boot() => File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    private static string Holder(string owner)
    {
        try
        {
            JsonElement json = JsonElement.Parse(File.ReadAllText(owner));
            string where = json.GetProperty("boot").GetString() == Boot() ? "" : $" on {json.GetProperty("machine").GetString()}";
            return $" by process {json.GetProperty("pid").GetInt32()}{where} since {json.GetProperty("since").GetString()}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ""; // The holder is just about to write it, or has just ended.
        }
    }
}
