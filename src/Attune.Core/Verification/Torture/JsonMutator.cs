using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Attune.Verification;

/// <summary>Damages JSON at the level of its tokens, so that most of the damage gets past the parser to what reads the values.</summary>
internal static class JsonMutator
{
    private static readonly string[] Oddities =
    [
        "null", "true", "false", "[]", "{}", "\"\"", "-1", "-0", "0.5", "2.0", "1e3", "1e400", "-1e400", "01", "+1", "NaN", "Infinity",
        "18446744073709551615", "18446744073709551616", "9223372036854775808", "99999999999999999999999999", "\"\\ud800\"", "\"\\udc00x\"",
        "\"\\u0000\"", "\"../../etc/passwd\"", "\"é😀\"", "/*c*/", "'a'", "\"F32\"", "\"I64\"", "\"weight\"", "[0,4]", "[1,2,3]", "[[[[[[[[[1]]]]]]]]]",
    ];

    /// <summary>The tokens of a valid document, brackets, commas and colons among them.</summary>
    public static List<string> Split(byte[] json)
    {
        var tokens = new List<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 200 });
        long end = 0;
        while (reader.Read())
        {
            // Between tokens: white space, commas, colons.
            foreach (char letter in Encoding.UTF8.GetString(json, (int)end, (int)(reader.TokenStartIndex - end)))
            {
                tokens.Add(letter.ToString());
            }

            tokens.Add(Encoding.UTF8.GetString(json, (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex)));
            end = reader.BytesConsumed;
        }

        return tokens.ConvertAll(token => token.EndsWith(':') && token.Length > 1 ? token[..^1] + ":" : token);
    }

    /// <summary>One to three damages, then text again.</summary>
    public static byte[] Mutate(Random random, byte[] json)
    {
        var tokens = Split(json);
        for (int i = random.Next(1, 4); i > 0 && tokens.Count > 0; i--)
        {
            Damage(random, tokens);
        }

        return Encoding.UTF8.GetBytes(string.Concat(tokens));
    }

    private static void Damage(Random random, List<string> tokens)
    {
        int at = random.Next(tokens.Count);
        int length = Math.Min(random.Next(1, 12), tokens.Count - at);
        switch (random.Next(10))
        {
            case 0:
                tokens[at] = Oddities[random.Next(Oddities.Length)];
                break;
            case 1 or 2 or 3:
                Number(random, tokens);
                break;
            case 4:
                tokens.RemoveRange(at, length);
                break;
            case 5:
                tokens.InsertRange(at, tokens.GetRange(at, length));
                break;
            case 6:
                int other = random.Next(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 7:
                Repeat(random, tokens);
                break;
            case 8:
                int depth = random.Next(1, 200);
                tokens[at] = new string('[', depth) + tokens[at] + new string(']', depth);
                break;
            default:
                tokens.Insert(at, Oddities[random.Next(Oddities.Length)]);
                break;
        }
    }

    private static void Number(Random random, List<string> tokens)
    {
        var numbers = Enumerable.Range(0, tokens.Count).Where(i => ulong.TryParse(tokens[i], NumberStyles.None, null, out _)).ToList();
        if (numbers.Count > 0)
        {
            int at = numbers[random.Next(numbers.Count)];
            tokens[at] = ByteMutator.Number(random, ulong.Parse(tokens[at])).ToString();
        }
    }

    // A member twice: from after a bracket or comma to the next comma.
    private static void Repeat(Random random, List<string> tokens)
    {
        int start = random.Next(tokens.Count);
        start = Math.Max(0, tokens.FindIndex(start, token => token is "{" or ","));
        int end = tokens.FindIndex(Math.Min(start + 1, tokens.Count - 1), token => token == ",");
        if (end > start)
        {
            tokens.InsertRange(start + 1, tokens.GetRange(start + 1, end - start));
        }
    }
}
