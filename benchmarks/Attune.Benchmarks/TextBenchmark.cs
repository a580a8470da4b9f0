using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Attune.Text;

namespace Attune.Benchmarks;

/// <summary>Encoding of ten megabytes, English and mixed, on one core and on all, beside the tokenizers library on one thread.</summary>
internal static class TextBenchmark
{
    private const int Repeats = 5;

    public static int Run(string shared, Figures figures)
    {
        (string Name, string File)[] tokenizers =
        [
            ("gpt2", Path.Combine(shared, "tokenizers", "tok_gpt2", "tokenizer.json")),
            ("SmolLM2", Path.Combine(shared, "models", "smollm2-135m-instruct-gguf", "hf", "tokenizer.json")),
        ];
        foreach ((string corpus, List<string> texts) in new[] { ("English", Corpus.English(shared)), ("mixed", Corpus.Mixed(shared)) })
        {
            double megabytes = texts.Sum(System.Text.Encoding.UTF8.GetByteCount) / 1e6;
            foreach ((string name, string file) in tokenizers)
            {
                Tokenizer tokenizer = Tokenizer.FromFile(file);
                (double one, long tokens) = Best(() => texts.Sum(text => (long)tokenizer.Encode(text).Count));
                (double kept, _) = Best(() => Array.ConvertAll(texts.ToArray(), text => tokenizer.Encode(text)).Sum(encoding => (long)encoding.Count));
                (double all, _) = Best(() => tokenizer.EncodeBatch(texts).Sum(encoding => (long)encoding.Count));
                (double theirs, long theirTokens) = Reference(shared, file, texts);
                double load = Figures.Load;
                figures.Say($"{corpus,-8} {name,-8} {megabytes / one,6:F1} MB/s on one core, {megabytes / kept,6:F1} where all results are kept, {megabytes / all,6:F1} so on {Environment.ProcessorCount}; tokenizers {megabytes / theirs,6:F1}: ratio {theirs / one:F2}; {tokens} tokens{(tokens == theirTokens ? "" : $", theirs {theirTokens}")}; load {load:F1}",
                    new { benchmark = "text", corpus, tokenizer = name, megabytes_per_second = megabytes / one, kept = megabytes / kept, cores = Environment.ProcessorCount, on_all_cores = megabytes / all, reference = megabytes / theirs, ratio = theirs / one, tokens, reference_tokens = theirTokens, load });
            }
        }

        return 0;
    }

    private static (double Seconds, long Tokens) Best(Func<long> encode)
    {
        (double best, long tokens) = (double.MaxValue, 0);
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            tokens = encode();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return (best, tokens);
    }

    private static (double Seconds, long Tokens) Reference(string shared, string tokenizer, List<string> texts)
    {
        string file = Path.Combine(Path.GetTempPath(), $"attune-benchmark-{Environment.ProcessId}.jsonl");
        try
        {
            File.WriteAllLines(file, texts.Select(text => JsonSerializer.Serialize(text)));
            JsonElement json = Figures.OfProcess(
                Path.Combine(shared, "python", "run"), Path.Combine(AppContext.BaseDirectory, "encode.py"), tokenizer, file, Repeats.ToString(CultureInfo.InvariantCulture));
            return (json.GetProperty("seconds").GetDouble(), json.GetProperty("tokens").GetInt64());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
