using System.Text;
using Attune.Verification;

namespace Attune.Recipes;

public class RecipeFuzzTests
{
    private const string Everything = """
        # every kind of YAML
        model: {source: "a\tb", config: {model_type: llama, rope_scaling: {factor: 8.0, list: [1, 2]}}, precision: 'bf16'}
        task: chat
        data:
          train: [a.jsonl, b.csv]
          map:
            - {system: "be kind", user: "{q}\n\n{t}", assistant: "{a}"}
            - user: |
                more
                lines
              assistant: >-
                folded
                text
          split: {column: split, train: train, validation: val, first: {validation: 100}}
        method:
          lora:
            rank: 16
            alpha: 3.2e1
            targets: [q_proj, v_proj]
        train: {epochs: .5, max_steps: 0x10, learning_rate: 2e-4, seed: ~}
        "stop": {patience: 3}
        ? evaluate
        : {metrics: [perplexity]}
        output: runs/x
        """;

    [Fact]
    public void Of_20000_mutated_recipes_none_gives_another_exception_than_ours()
    {
        var random = new Random(20_000);
        string[] seeds = [Everything, .. Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "recipes"), "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string yaml = Mutate(seeds[random.Next(seeds.Length)], seeds, random);
            try
            {
                Recipe recipe = Recipe.Parse(yaml, "fuzz.yaml", names: RecipeTests.Names);
                read++;
                string resolved = recipe.ToYaml();
                Assert.Equal(resolved, Recipe.Parse(resolved, "again.yaml", names: RecipeTests.Names).ToYaml());
            }
            catch (AttuneException e)
            {
                refused++;
                Assert.Equal(ExitCode.Usage, e.ExitCode);
                Assert.StartsWith("fuzz.yaml", e.Message, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                Assert.Fail($"mutation {i}: {e}\n---\n{yaml}\n---");
            }
        }

        Assert.True(read > 200, $"only {read} were read: the mutations are too coarse");
        Assert.True(refused > 10_000, $"only {refused} were refused: the mutations are too fine");
    }

    private static string Mutate(string seed, string[] seeds, Random random)
    {
        var text = new StringBuilder(seed);
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, RecipeTorture.Pieces[random.Next(RecipeTorture.Pieces.Length)]);
                    break;
                case 2:
                    text.Remove(at, length).Insert(at, RecipeTorture.Pieces[random.Next(RecipeTorture.Pieces.Length)]);
                    break;
                case 3:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 4:
                    string other = seeds[random.Next(seeds.Length)];
                    int from = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(from, Math.Min(random.Next(1, 60), other.Length - from)));
                    break;
                default:
                    text.Insert(at, (char)random.Next(random.Next(2) == 0 ? 0x80 : 0x10000));
                    break;
            }
        }

        return text.ToString();
    }
}
