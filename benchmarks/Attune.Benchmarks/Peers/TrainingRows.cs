using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Data;
using Attune.Models;
using Attune.Text;

namespace Attune.Benchmarks.Peers;

/// <summary>
/// Conversations of given lengths for <c>attune train</c>: plain words, each one token, as many as it takes. They stand in the file so that the
/// run's own order brings them in the order of the lengths, as the peer takes them.
/// </summary>
internal static class TrainingRows
{
    public const int MaxTokens = 1024;
    public const int BatchSize = 8;
    public const int Seed = 0;

    private const string Words = """
        time year people way day man thing woman life child world school state family student group country problem hand part place case week company
        system program question work government number night point home water room mother area money story fact month lot right study book eye job word
        business issue side kind head house service friend father power hour game line end member law car city community name team minute idea body
        information back parent face level office door health person art war history party result change morning reason research moment air force
        """;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the rows of a run as JSONL.</summary>
    /// <param name="text">The model's tokenizer and template.</param>
    /// <param name="lengthsFile">A JSON list of [prompt tokens, answer tokens].</param>
    /// <param name="count">How many rows; the list begins anew where it ends.</param>
    /// <param name="file">What is written.</param>
    public static void Write(ModelText text, string lengthsFile, int count, string file)
    {
        int[][] lengths = JsonSerializer.Deserialize<int[][]>(File.ReadAllBytes(lengthsFile)) is { Length: > 0 } read && read.All(row => row.Length == 2) ? read
            : throw new AttuneException(ExitCode.BadData, lengthsFile, "is no list of [prompt tokens, answer tokens]");
        var encoder = new ChatEncoder(text.Template!, text.Tokenizer);
        string[] words = [.. Words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => IsOneToken(text.Tokenizer, word) && IsOneToken(text.Tokenizer, " " + word))];
        var random = new Random(Seed);
        string Said(int tokens) => string.Join(' ', Enumerable.Range(0, tokens).Select(_ => words[random.Next(words.Length)]));
        ChatMessage[] Row(int asked, int answered) => [new("system", words[0]), new("user", Said(asked)), new("assistant", Said(answered))];

        var (leastPrompt, leastAnswer) = Count(encoder, Row(1, 1));
        var order = new RowOrder(count, Seed);
        string[] lines = new string[count];
        for (int i = 0; i < count; i++)
        {
            int prompt = Math.Min(lengths[i % lengths.Length][0], MaxTokens - leastAnswer), answer = Math.Min(lengths[i % lengths.Length][1], MaxTokens - prompt);
            var row = prompt < leastPrompt || answer < leastAnswer
                ? throw new AttuneException(ExitCode.BadData, lengthsFile, $"[{prompt}, {answer}] cannot be made: the template alone has {leastPrompt - 1} and {leastAnswer - 1} tokens")
                : Row(prompt - leastPrompt + 1, answer - leastAnswer + 1);
            lines[order.At(0, i)] = Count(encoder, row) == (prompt, answer) ? JsonSerializer.Serialize(new { messages = row.Select(message => new { role = message.Role, content = message.Content }) }, Readable)
                : throw new AttuneException(ExitCode.Internal, lengthsFile, $"a row of [{prompt}, {answer}] came out as {Count(encoder, row)}");
        }

        File.WriteAllLines(file, lines);
    }

    private static bool IsOneToken(Tokenizer tokenizer, string word) => tokenizer.Encode(word, [], addSpecialTokens: false).Ids.Length == 1;

    private static (int Prompt, int Answer) Count(ChatEncoder encoder, ChatMessage[] row)
    {
        var encoded = encoder.Encode(row).Single();
        int answer = encoded.Trained.Count(trained => trained);
        return (encoded.Ids.Length - answer, answer);
    }
}
