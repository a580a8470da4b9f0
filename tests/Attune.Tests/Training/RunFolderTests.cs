using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Attune.Training;

public sealed class RunFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-run-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_second_one_is_told_who_has_the_folder_and_does_not_wait()
    {
        using (RunLock.Take(root))
        {
            var exception = Assert.Throws<AttuneException>(() => RunLock.Take(root));
            Assert.Equal(ExitCode.TryAgain, exception.ExitCode);
            Assert.Contains($"in use by process {Environment.ProcessId} since ", exception.Message, StringComparison.Ordinal);
        }

        RunLock.Take(root).Dispose();
    }

    [Fact]
    public void A_lock_whose_process_was_killed_is_taken_over()
    {
        string path = Path.Combine(root, "run.lock");
        Process? holder = null;
        try
        {
            holder = Process.Start(new ProcessStartInfo("flock", ["--no-fork", "-n", path, "sleep", "60"]));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("there is no flock here");
        }

        // As a killed process leaves it.
        File.WriteAllText(Path.Combine(root, "run.owner.json"), """{"pid":4711,"boot":"another","machine":"elsewhere","since":"then"}""");
        string message = "";
        for (int i = 0; i < 200 && message.Length == 0; i++)
        {
            Thread.Sleep(20);
            try
            {
                RunLock.Take(root).Dispose();
                File.WriteAllText(Path.Combine(root, "run.owner.json"), """{"pid":4711,"boot":"another","machine":"elsewhere","since":"then"}""");
            }
            catch (AttuneException exception)
            {
                message = exception.Message;
            }
        }

        Assert.Contains("in use by process 4711 on elsewhere since then", message, StringComparison.Ordinal);
        holder!.Kill();
        holder.WaitForExit();
        RunLock.Take(root).Dispose();
        holder.Dispose();
    }

    [Fact]
    public void Events_beyond_a_checkpoint_go_and_so_does_a_torn_line()
    {
        string path = Path.Combine(root, "events.jsonl");
        long mark;
        using (EventLog log = EventLog.Open(path, 0))
        {
            log.Append(new JsonObject { ["step"] = 1 });
            log.Append(new JsonObject { ["step"] = 2 });
            log.Flush();
            mark = log.Length;
            log.Append(new JsonObject { ["step"] = 3 });

            // Others may read along.
            Assert.Equal(3, ReadLines(path).Length);
        }

        using (EventLog log = EventLog.Open(path, mark))
        {
            log.Append(new JsonObject { ["step"] = "3 again" });
        }

        Assert.Equal(["""{"step":1}""", """{"step":2}""", """{"step":"3 again"}"""], File.ReadAllLines(path));
        File.AppendAllText(path, "{\"step\":");
        using (EventLog log = EventLog.Open(path, long.MaxValue))
        {
            Assert.Equal(3, ReadLines(path).Length);
        }
    }

    [Fact]
    public void A_folder_with_a_run_is_not_begun_again_and_one_without_is_not_resumed()
    {
        string path = Path.Combine(root, "runs", "coach");
        RunFolder run = RunFolder.Create(path);
        Assert.Equal(Path.Combine(path, "events.jsonl"), run.Events);
        Assert.Equal(ExitCode.MissingInput, Assert.Throws<AttuneException>(() => RunFolder.Open(path)).ExitCode);
        File.WriteAllText(run.Plan, "{}");
        Assert.Equal(path, RunFolder.Open(path).Path);
        Assert.Equal(ExitCode.Usage, Assert.Throws<AttuneException>(() => RunFolder.Create(path)).ExitCode);
        File.WriteAllText(Path.Combine(root, "file"), "");
        Assert.Equal(ExitCode.Disk, Assert.Throws<AttuneException>(() => RunFolder.Create(Path.Combine(root, "file"))).ExitCode);
    }

    private static string[] ReadLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
