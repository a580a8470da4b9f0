using System.Text;
using Attune.Recipes;

namespace Attune.Verification;

/// <summary>Tortures the reader of recipes: YAML with pieces taken out, put in, doubled and moved; what was read must say the same when it is written and read again.</summary>
internal sealed class RecipeTorture : ITortureTarget
{
    private const string Seed = """
        # every kind of YAML
        model: {source: "a\tb", precision: 'bf16'}
        task: chat
        data:
          train: [a.jsonl, b.csv]
          map:
            - {system: "be kind", user: "{q}\n\n{t}", assistant: "{a}"}
            - user: |
                {q}
                lines
              assistant: >-
                folded
                {a}
          split: {column: split, train: train, validation: val, most: {validation: 100}}
        method:
          lora:
            rank: 16
            alpha: 3.2e1
            targets: [q_proj, v_proj]
        train: {epochs: .5, max_steps: 10, learning_rate: 2e-4, seed: ~}
        "stop": {patience: 3}
        ? evaluate
        : {metrics: [perplexity]}
        output: runs/x

        """;

    /// <summary>What is put in: everything that means something to a reader of YAML.</summary>
    public static readonly string[] Pieces =
    [
        "&a ", "*a", "!!str ", "!<tag:yaml.org,2002:map> ", "? ", ": ", "- ", "[", "]", "{", "}", ",", "\n", "\n  ", "\t", "|", ">-", "|9\n", "\"", "'", "#", "%YAML 1.2\n", "%TAG ! x\n", "---\n", "...\n",
        "\\x41", "\\ud800", "\\U0010FFFF", "\0", "\uFEFF", "\u0085", "\u2028", "\uFFFF", "<<: ", "null", "~", "true", "-1", "1e999", "NaN", ".inf", "9223372036854775808", "-9223372036854775808", "train:", "model:",
        "lora", "1e-320", "0.1", "\U0001F600", "\r\n", "`", "@", "%", "=", "      ",
    ];

    public string Name => "recipe";

    public byte[] Make(Random random)
    {
        var text = new StringBuilder(Seed);
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            int at = random.Next(text.Length + 1), length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 4 when random.Next(20) == 0:
                    text.Insert(at, string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], 5000)));
                    break;
                default:
                    text.Insert(at, (char)random.Next(random.Next(2) == 0 ? 0x80 : 0xD800));
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public void Read(byte[] input)
    {
        var recipe = Parse(Encoding.UTF8.GetString(input));
        string resolved = recipe.ToYaml();
        if (Recipe.Parse(resolved, Name).ToYaml() != resolved)
        {
            throw new InvalidOperationException("the recipe reads differently when it was written and is read again");
        }
    }

    // All mistakes of a recipe are told at once, each with its own place.
    private Recipe Parse(string yaml)
    {
        try
        {
            return Recipe.Parse(yaml, Name);
        }
        catch (RecipeException e) when (e.Errors.All(error => error.StartsWith(Name + ":", StringComparison.Ordinal)))
        {
            throw new AttuneException(e.ExitCode, Name, e.Message, inner: e);
        }
    }
}
