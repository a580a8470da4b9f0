using System.Diagnostics;
using System.Text.Json.Nodes;
using Attune.Formats;
using Attune.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Training;

public sealed class CheckpointTests : IDisposable
{
    private const string Adapter = "adapter.safetensors";
    private readonly string root = Directory.CreateTempSubdirectory("attune-checkpoints-").FullName;
    private readonly List<string> warnings = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void What_was_saved_comes_back()
    {
        Checkpoints checkpoints = Open();
        Assert.Null(checkpoints.Latest());
        checkpoints.Save(State(400) with { BestStep = 300, BestMetric = 0.1 + 0.2, Progress = new JsonObject { ["losses"] = new JsonArray(1.5, 2.25) } }, Files(400), keep: 2);
        Checkpoint found = checkpoints.Latest()!;
        Assert.Equal("step-000400", Path.GetFileName(found.Folder));
        Assert.Equal((400, "plan", 7, 300, 0.1 + 0.2), (found.State.Step, found.State.PlanHash, found.State.EventsLength, found.State.BestStep!.Value, found.State.BestMetric!.Value));
        Assert.Equal("[1.5,2.25]", found.State.Progress["losses"]!.ToJsonString());
        using var file = Safetensors.Open(found.PathOf(Adapter));
        Assert.Equal([400f, 400f, 400f], file.ReadFloats("a"));
        Assert.Throws<AttuneException>(() => found.PathOf("optimizer.safetensors"));
        Assert.Throws<AttuneException>(() => checkpoints.At(300));
    }

    [Fact]
    public void The_newest_few_and_the_best_stay()
    {
        Checkpoints checkpoints = Open();
        for (int step = 10; step <= 60; step += 10)
        {
            checkpoints.Save(State(step) with { BestStep = 20, BestMetric = 1 }, Files(step), keep: 2);
        }

        Assert.Equal(["step-000020", "step-000050", "step-000060"], Names());
        Assert.Equal(20, checkpoints.At(20).State.Step);
    }

    [Fact]
    public void A_run_taken_up_earlier_leaves_nothing_of_its_old_future()
    {
        Checkpoints checkpoints = Open();
        foreach (int step in new[] { 10, 20, 30 })
        {
            checkpoints.Save(State(step), Files(step), keep: 3);
        }

        Damage(Path.Combine(root, "step-000030", Adapter));
        Assert.Equal(20, checkpoints.Latest()!.State.Step);
        checkpoints.Save(State(25), Files(25), keep: 1);
        Assert.Equal(["step-000025"], Names());
    }

    [Fact]
    public void Where_all_are_damaged_it_says_so_instead_of_beginning_anew()
    {
        Checkpoints checkpoints = Open();
        checkpoints.Save(State(10), Files(10), keep: 1);
        Damage(Path.Combine(root, "step-000010", CheckpointState.FileName));
        Assert.Contains("no checkpoint is intact", Assert.Throws<AttuneException>(checkpoints.Latest).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Breakage.Kill)]
    [InlineData(Breakage.PowerCut)]
    [InlineData(Breakage.OneError)]
    public void However_saving_breaks_off_a_complete_checkpoint_is_found(Breakage breakage)
    {
        int operations = 0;
        for (bool broke = true; broke; operations++)
        {
            string folder = Path.Combine(root, operations.ToString());
            var before = new Checkpoints(folder, warnings.Add);
            before.Save(State(10), Files(10), keep: 1);

            // The folder of step 20 exists already, damaged: it is written anew.
            Checkpoint old = before.Save(State(20), Files(99), keep: 2);
            Damage(old.PathOf(Adapter));
            var store = new BreakingFileStore(breakage, operations);
            bool failed = false;
            try
            {
                new Checkpoints(folder, warnings.Add, store).Save(State(20), Files(20), keep: 1);
            }
            catch (Exception exception) when (exception is ProcessEndedException or AttuneException { ExitCode: ExitCode.Disk })
            {
                failed = true;
            }

            broke = store.Broke;
            var after = new Checkpoints(folder, warnings.Add);
            Checkpoint found = after.Latest()!;
            Assert.True(found.State.Step == 20 || failed);
            using (var file = Safetensors.Open(found.PathOf(Adapter)))
            {
                Assert.Equal((float)found.State.Step, file.ReadFloats("a")[0]);
            }

            // What is half removed does not look complete.
            if (File.Exists(Path.Combine(folder, "step-000010", CheckpointState.FileName)))
            {
                Assert.Equal(10, after.At(10).State.Step);
            }

            // The next save works and leaves nothing of the accident.
            after.Save(State(30), Files(30), keep: 1);
            Assert.Equal([Adapter, CheckpointState.FileName], Directory.EnumerateFileSystemEntries(Path.Combine(folder, "step-000030")).Select(Path.GetFileName).Order());
            Assert.Single(Directory.EnumerateFileSystemEntries(folder));
        }

        Assert.True(operations > 20);
    }

    [Fact]
    public void No_flipped_bit_and_no_cut_is_loaded()
    {
        Checkpoints checkpoints = Open();
        checkpoints.Save(State(10), Files(10), keep: 2);
        string folder = checkpoints.Save(State(20), Files(20), keep: 2).Folder;
        string[] files = [Path.Combine(folder, Adapter), Path.Combine(folder, CheckpointState.FileName)];
        var random = new Random(7);
        for (int trial = 0; trial < 2200; trial++)
        {
            string path = files[random.Next(files.Length)];
            byte[] intact = File.ReadAllBytes(path), broken = (byte[])intact.Clone();
            if (trial < 2000)
            {
                broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
            }
            else
            {
                broken = broken[..random.Next(broken.Length)];
            }

            File.WriteAllBytes(path, broken);
            warnings.Clear();
            Assert.Equal(10, checkpoints.Latest()!.State.Step);
            Assert.Single(warnings);
            File.WriteAllBytes(path, intact);
        }

        Assert.Equal(20, checkpoints.Latest()!.State.Step);
    }

    [Fact]
    public void A_full_disk_is_told_and_the_checkpoint_before_it_stays()
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_TEST_SMALL_DISK") is not { } small)
        {
            RunOnSmallDisk();
            return;
        }

        var checkpoints = new Checkpoints(Path.Combine(small, "checkpoints"), warnings.Add);
        checkpoints.Save(State(10), Files(10), keep: 2);

        // Seen beforehand, and only on the way (the tensor is longer than it says; the disk has 2 MiB).
        var large = new CheckpointFile(Adapter, [TensorToWrite.FromFloats("a", [1 << 20], new float[1 << 20])]);
        var sly = new CheckpointFile(Adapter, [new TensorToWrite(new TensorInfo("a", ElementType.F32, [4]), stream => stream.Write(new byte[4 << 20]))]);
        foreach (CheckpointFile file in new[] { large, sly })
        {
            var exception = Assert.Throws<AttuneException>(() => checkpoints.Save(State(20), [file], keep: 2));
            Assert.Equal(ExitCode.Disk, exception.ExitCode);
            Assert.Matches("step-000020.*needs about [0-9]+ bytes, [0-9]+ are free", exception.Message);
            Assert.Equal(10, checkpoints.Latest()!.State.Step);
        }

        using EventLog log = EventLog.Open(Path.Combine(small, "events.jsonl"), 0);
        Assert.Equal(ExitCode.Disk, Assert.Throws<AttuneException>(() => log.Append(new JsonObject { ["x"] = new string('x', 4 << 20) })).ExitCode);
        Assert.Equal(0, log.Length);
        log.Append(new JsonObject { ["x"] = 1 });
        Assert.Equal(30, checkpoints.Save(State(30), Files(30), keep: 1).State.Step);
        Assert.DoesNotContain(Directory.EnumerateFiles(small, "*", SearchOption.AllDirectories), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void An_optimizers_state_comes_back_through_the_disk()
    {
        using var scope = NewDisposeScope();
        Tensor[] Make() => [ones(3, 2).requires_grad_(), ones(5, dtype: bfloat16).requires_grad_()];
        IOptimizer Start(Tensor[] tensors) => Optimizer.Create("adamw", null, [new ParameterGroup([("a", tensors[0]), ("b", tensors[1])])]);
        Tensor[] first = Make();
        using IOptimizer before = Start(first);
        (first[0].sum() + first[1].to(float32).sum()).backward();
        before.Parameters.CollectGradients();
        before.Step(0.1);
        Checkpoint saved = Open().Save(State(1), [OptimizerFile.Of(before)], keep: 1);
        using IOptimizer after = Start(Make());
        using var file = Safetensors.Open(saved.PathOf(OptimizerFile.Name));
        OptimizerFile.Load(after, file);
        foreach (((string name, Tensor value), (string other, Tensor loaded)) in before.Save().Zip(after.Save()))
        {
            Assert.Equal(name, other);
            Assert.True(value.eq(loaded).all().ToBoolean());
        }

        using IOptimizer wrong = Optimizer.Create("sgd", null, [new ParameterGroup([("a", Make()[0])])]);
        Assert.Throws<AttuneException>(() => OptimizerFile.Load(wrong, file));
    }

    private static CheckpointState State(long step) => new(step, "plan", 7, null, null, []);

    private static CheckpointFile[] Files(int value) =>
        [new CheckpointFile(Adapter, [TensorToWrite.FromFloats("a", [3], new float[] { value, value, value }), TensorToWrite.FromFloats("b", [40], new float[40])])];

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static void RunOnSmallDisk()
    {
        string folder = Directory.CreateTempSubdirectory("attune-small-").FullName;
        try
        {
            string mount = $"mount -t tmpfs -o size=2m none {folder}";
            if (!OperatingSystem.IsLinux() || Run("unshare", ["-rm", "sh", "-c", mount], null).Code != 0)
            {
                Assert.Skip("no small disk can be mounted here");
            }

            string method = $"{typeof(CheckpointTests).FullName}.{nameof(A_full_disk_is_told_and_the_checkpoint_before_it_stays)}";
            (int code, string output) = Run("unshare", ["-rm", "sh", "-c", $"{mount} && exec {Path.Combine(AppContext.BaseDirectory, "Attune.Tests")} -method {method}"], folder);
            Assert.True(code == 0 && output.Contains("Total: 1", StringComparison.Ordinal), output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Code, string Output) Run(string program, string[] arguments, string? smallDisk)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ATTUNE_TEST_SMALL_DISK"] = smallDisk;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, program + " is not there");
        }
    }

    private Checkpoints Open() => new(root, warnings.Add);

    private IEnumerable<string> Names() => Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)).Order();
}
