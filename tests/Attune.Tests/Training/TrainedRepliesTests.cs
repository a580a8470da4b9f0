using System.Text.Json;
using Attune.Generation;
using Attune.Models;
using Attune.Recipes;
using Attune.Text;

namespace Attune.Training;

/// <summary>A model that was trained on a reply until it knows it gives that reply, whatever its generation prompt ends with.</summary>
public sealed class TrainedRepliesTests : IDisposable
{
    private const string ChatMl = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\nEND{% endif %}";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT: {% else %}{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}", "You can go out now.")]
    [InlineData("{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT:{% else %} {{ m.content }}<|im_end|>\n{% endif %}{% endfor %}", "You can go out now.")]
    [InlineData(ChatMl, "\n\n    return 1")]
    [InlineData(ChatMl, " You can go out now.")]
    public async Task A_model_says_what_it_was_trained_to_say(string template, string reply)
    {
        string model = folder["model"], rows = folder["rows.jsonl"];
        Directory.CreateDirectory(model);
        foreach (string file in new[] { "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(Path.Combine(TestPaths.Root, "models", "tiny", file), Path.Combine(model, file));
        }

        File.WriteAllText(Path.Combine(model, "chat_template.jinja"), template.Replace("END", "", StringComparison.Ordinal));
        File.WriteAllText(rows, JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = "Can I go out?" }, new { role = "assistant", content = reply } } }) + "\n");
        var run = await Trainer.TrainAsync(Recipe.Parse(
            $$"""
            model: { source: {{model}}, precision: float32 }
            task: chat
            data: { train: {{rows}} }
            method: full
            train: { max_steps: 40, batch_size: 1, max_tokens: 128, learning_rate: 1e-3 }
            evaluate: { samples: 0, bootstrap: 0 }
            output: {{folder["run"]}}
            """, names: KnownNames.All), stop: TestContext.Current.CancellationToken);
        using var trained = OpenModel.Open(run.Artifact!);
        using var engine = new Engine(trained);
        int[] prompt = trained.EncodeChat([new ChatMessage("user", "Can I go out?")]);
        var options = new GenerationOptions { MaxNewTokens = 40, EosTokenIds = trained.EndTokenIds };
        var said = await engine.GenerateAsync([prompt], options, null, TestContext.Current.CancellationToken);
        string before = trained.Tokenizer.Decode(prompt, skipSpecialTokens: false);
        string whole = trained.Tokenizer.Decode([.. prompt, .. said[0][0].Tokens], skipSpecialTokens: false);
        Assert.Equal(trained.Template.Render([new("user", "Can I go out?"), new("assistant", reply)], new ChatTemplateArguments()).Text.TrimEnd('\n'), whole.TrimEnd('\n'));
        Assert.StartsWith(before, whole, StringComparison.Ordinal);
    }
}
