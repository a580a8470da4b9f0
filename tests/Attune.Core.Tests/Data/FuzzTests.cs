using System.Text;

namespace Attune.Data;

/// <summary>Mutated rows are read or refused, each with its place; nothing else happens.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Json =
    [
        """{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Hello \u00e9\ud83d\ude00"}, {"role": "assistant", "content": "Good\nmorning", "weight": 1}], "tools": [{"type": "function"}]}""",
        """{"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}, {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": [1, 2.5e3, true, null]}}}]}, {"role": "tool", "content": "1"}, {"role": "assistant", "content": "a"}]}""",
        """{"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {}}"}, {"from": "observation", "value": "1"}, {"from": "gpt", "value": "a"}], "system": "s"}""",
        """{"instruction": "i", "input": "j", "output": "o", "history": [["a", "b"]], "group": 3}""",
        """{"prompt": [{"role": "user", "content": "q"}], "completion": [{"role": "assistant", "content": "a"}], "chat_template_kwargs": {"x": 1}}""",
        """{"text": "Once upon a time", "split": "train"}""",
    ];

    private static readonly byte[][] Bits =
    [
        [.. "null"u8], [.. "{"u8], [.. "}"u8], [.. "["u8], [.. "]"u8], [.. "\""u8], [.. "\\u0000"u8], [.. "\\ud800"u8], [.. "\\udc00"u8], [.. "\\"u8], [.. ","u8], [.. "\n"u8], [.. "\r"u8],
        [0], [0xFF], [0xC3], [0xEF, 0xBB, 0xBF], [0xED, 0xA0, 0x80], [.. "1e999"u8], [.. ":"u8], [.. "\"role\": \"user\","u8], [.. "{q}"u8], [.. ";"u8], [.. "\t"u8], [.. "\"\""u8],
    ];

    [Fact]
    public void Fifty_thousand_json_rows()
    {
        using var folder = new TempFolder();
        var random = new Random(50);
        int good = 0, bad = 0, refused = 0;
        for (int file = 0; file < 250; file++)
        {
            string seed = Json[file % Json.Length];
            var content = new List<byte>();
            for (int row = 0; row < 200; row++)
            {
                content.AddRange([.. Mutate(Encoding.UTF8.GetBytes(seed), random), (byte)'\n']);
            }

            string path = folder.Write("a.jsonl", content.ToArray());
            var rows = new BadRows(int.MaxValue);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                good += new ExampleReader(new ExampleSource { Train = [path] }).Read(rows).Count();
            }
            catch (AttuneException error)
            {
                Assert.StartsWith(path + ":", error.Message);
                refused++;
            }

            bad += rows.Rows.Count;
            Assert.All(rows.Rows, row => Assert.True(row.File == path && row.Line > 0 && row.Reason.Length > 0 && row.Excerpt.Length <= 60 && !row.Excerpt.Any(char.IsControl)));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 * (2L * content.Count / 200 + 16_000) + (16 << 20));
        }

        Assert.True(good > 5_000 && bad > 20_000 && good + bad > 45_000, $"{good} read, {bad} bad, {refused} files refused");
    }

    [Fact]
    public void Twenty_thousand_csv_files()
    {
        using var folder = new TempFolder();
        var random = new Random(20);
        byte[] seed = "q;a,\"the answer\",part\r\n1,\"two, \"\"three\"\"\nfour\",train\n5,é,test\n\"\",x,train\n"u8.ToArray();
        int good = 0, bad = 0, refused = 0;
        for (int file = 0; file < 20_000; file++)
        {
            string path = folder.Write("a" + (file % 5 == 0 ? ".tsv" : ".csv"), Mutate(seed, random));
            var rows = new BadRows(int.MaxValue);
            try
            {
                good += RowFormats.Read(path, ReadOptions.Default, rows).Count();
            }
            catch (AttuneException error)
            {
                Assert.StartsWith(path + ":", error.Message);
                refused++;
            }

            bad += rows.Rows.Count;
            Assert.All(rows.Rows, row => Assert.True(row.File == path && row.Line > 0 && row.Reason.Length > 0 && row.Excerpt.Length <= 60));
        }

        Assert.True(good > 10_000 && bad > 2_000 && refused > 50, $"{good} read, {bad} bad, {refused} files refused");
    }

    [Fact]
    public void Json_lists()
    {
        using var folder = new TempFolder();
        var random = new Random(3);
        byte[] seed = Encoding.UTF8.GetBytes("[" + string.Join(",\n", Json.Select(_ => Json[0])) + "]");
        int good = 0, bad = 0;
        for (int file = 0; file < 2_000; file++)
        {
            string path = folder.Write("a.json", Mutate(seed, random));
            var rows = new BadRows(int.MaxValue);
            good += RowFormats.Read(path, ReadOptions.Default, rows).Count();
            bad += rows.Rows.Count;
        }

        Assert.True(good > 2_000 && bad > 1_000, $"{good} read, {bad} bad");
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int changes = random.Next(4); changes >= 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.InsertRange(at, Bits[random.Next(Bits.Length)]); break;
                case 2: bytes.RemoveRange(at, Math.Min(1 + random.Next(12), bytes.Count - at - 1)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + random.Next(30), bytes.Count - at))); break;
                case 4 when random.Next(8) == 0: bytes.RemoveRange(at + 1, bytes.Count - at - 1); break;
                case 5 when random.Next(20) == 0: bytes.InsertRange(at, Enumerable.Repeat((byte)'[', 200)); break;
            }
        }

        return [.. bytes];
    }
}
