using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Attune.Verification;

namespace Attune.Formats;

/// <summary>The short form of <c>attune torture formats</c>, and the inputs that ask for more memory than they are worth.</summary>
public sealed class TortureTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    [Theory]
    [InlineData("safetensors", 50_000)]
    [InlineData("gguf", 20_000)]
    [InlineData("index", 10_000)]
    [InlineData("config", 10_000)]
    public void A_reader_survives(string name, int count)
    {
        var report = Torturer.Run(FormatTargets.All.Single(target => target.Name == name), count);
        output.WriteLine($"{name}: {report.Read} read, {report.Refused} refused, slowest {report.Slowest.TotalMilliseconds:F1} ms");
        Assert.True(report.Faults.Count == 0, string.Join('\n', report.Faults));
        Assert.True(report.Read > count / 50 && report.Refused > count / 10, $"one-sided: {report.Read} read, {report.Refused} refused");
    }

    [Fact]
    public void The_torturer_sees_a_reader_that_is_at_fault()
    {
        string[] seen = [.. new Action<byte[]>[]
        {
            _ => throw new InvalidOperationException("crash"), _ => throw new AttuneException(ExitCode.BadData, null, "no place"), input => GC.KeepAlive(new byte[(2 * input.Length) + (17 * MiB)]),
        }.Select(read => Torturer.Run(new JsonTorture("x", ["{}"], (json, _) => read(json)), 1).Faults.Single().ToString())];
        Assert.Contains("crash", seen[0], StringComparison.Ordinal);
        Assert.Contains("names no place", seen[1], StringComparison.Ordinal);
        Assert.Contains("allocated", seen[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Our_reader_takes_nothing_that_the_safetensors_library_refuses()
    {
        string run = TestPaths.SharedOrSkip("python/run");
        string folder = Directory.CreateTempSubdirectory("attune-").FullName;
        try
        {
            var target = new SafetensorsTorture();
            var ours = new List<string?>();
            for (int i = 0; i < 500; i++)
            {
                byte[] input = target.Make(new Random(1_000_000 + i));
                File.WriteAllBytes(Path.Combine(folder, $"{i:D3}"), input);
                ours.Add(Refusal(() => target.Read(input)));
            }

            string[] theirs = Python(run, """
                import sys, os, safetensors
                for name in sorted(os.listdir(sys.argv[1])):
                    try:
                        safetensors.deserialize(open(os.path.join(sys.argv[1], name), "rb").read()); print("read")
                    except safetensors.SafetensorError as e:
                        print("refused")
                """, folder);
            Assert.Equal(ours.Count, theirs.Length);
            Assert.All(ours.Zip(theirs), pair => Assert.True(
                (pair.First is null) == (pair.Second == "read") || (pair.Second == "read" && StricterOnPurpose(pair.First!)), $"{pair.First} / {pair.Second}"));
            Assert.Contains("read", theirs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(30_000)]
    [InlineData(1_000_000)]
    public void Names_without_end_take_no_memory_without_end(int count)
    {
        var header = new StringBuilder("{", count * 60);
        for (int i = 0; i < count; i++)
        {
            header.Append(i == 0 ? "" : ",").Append($"\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        }

        byte[] json = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. json];
        Assert.Equal(count > 100_000, Refused(file, input => SafetensorsHeader.Parse(input, input.Length, "x")));
    }

    [Theory]
    [InlineData("ab", 1_000, false)]
    [InlineData("ab", 3_000_000, true)]
    [InlineData("", 3_000_000, true)]
    [InlineData("token", 100_000, false)]
    public void Strings_without_end_take_no_memory_without_end(string text, int count, bool refused)
    {
        var file = new List<byte>([.. "GGUF"u8]);
        void Number(ulong value, int size) => file.AddRange(BitConverter.GetBytes(value)[..size]);
        void Text(string value)
        {
            Number((ulong)value.Length, 8);
            file.AddRange(Encoding.UTF8.GetBytes(value));
        }

        Number(3, 4);
        Number(0, 8);
        Number(2, 8);
        Text("general.architecture");
        Number(8, 4);
        Text("llama");
        Text("t");
        Number(9, 4);
        Number(8, 4);
        Number((ulong)count, 8);
        for (int i = 0; i < count; i++)
        {
            Text(text);
        }

        Assert.Equal(refused, Refused([.. file], input => GgufDirectory.Parse(input, input.Length, "x")));
    }

    [Fact]
    public void A_declared_size_is_not_believed()
    {
        var header = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(header, SafetensorsHeader.MaxLength);
        Assert.True(Refused(header, input => SafetensorsHeader.Parse(input, input.Length, "x")));
    }

    // Whether it was refused; what it allocated stays within twice the file and 16 MiB.
    private static bool Refused(byte[] input, Action<byte[]> read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string? refusal = Refusal(() => read(input));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (2L * input.Length) + (16 * MiB), $"{allocated} bytes for {input.Length}");
        return refusal is not null;
    }

    private static string? Refusal(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (AttuneException exception)
        {
            return exception.Message;
        }
    }

    // The reference takes duplicates, unknown fields and types of 4 and 6 bits.
    private static bool StricterOnPurpose(string refusal) => refusal.Contains("twice", StringComparison.Ordinal) || refusal.Contains("unknown dtype \"F", StringComparison.Ordinal);

    private static string[] Python(string run, string script, string argument)
    {
        var start = new ProcessStartInfo(run) { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 69)
        {
            Assert.Skip("Python 3.11 is absent");
        }

        Assert.Equal(0, process.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
