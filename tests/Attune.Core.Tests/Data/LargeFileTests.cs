namespace Attune.Data;

/// <summary>Measures the process's memory, so nothing else may run beside it.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("alone")]
public sealed class LargeFileTests
{
    private const string Row = """{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good morning"}]}""";

    [Fact]
    public void A_large_file_is_read_a_row_at_a_time()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "large.jsonl"), row = Row.Replace("Hello", new string('x', 4_000));
        using (StreamWriter file = File.CreateText(path))
        {
            for (int i = 0; i < 16_000; i++)
            {
                file.Write(row.Replace("Good", "Good " + i) + "\n");
            }
        }

        long start = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        int count = 0;
        foreach (var _ in new ExampleReader(new ExampleSource { Train = [path] }).Read(new BadRows()))
        {
            if (++count % 4_000 == 1)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - start);
            }
        }

        Assert.Equal(16_000, count);
        Assert.InRange(new FileInfo(path).Length, 60 << 20, long.MaxValue);
        Assert.InRange(most, long.MinValue, 4 << 20);
    }
}
