using Attune.Data;
using Attune.Generation;
using Attune.Models;
using Attune.Text;

namespace Attune.Evaluation;

public sealed class SampleRepliesTests
{
    [Theory]
    [InlineData(100, 5, new[] { 10, 30, 50, 70, 90 })]
    [InlineData(3, 5, new[] { 0, 1, 2 })]
    [InlineData(7, 1, new[] { 3 })]
    [InlineData(7, 0, new int[0])]
    [InlineData(0, 5, new int[0])]
    public void Picks_are_evenly_spread(int from, int count, int[] expected) =>
        Assert.Equal(expected.Select(i => $"question {i}"), SampleReplies.Pick([.. Enumerable.Range(0, from).Select(i => Talk($"question {i}", "answer"))], count).Select(one => one.Messages[0].Content));

    [Fact]
    public void Conversations_without_a_reply_to_compare_with_are_passed_over()
    {
        Conversation[] some = [Talk("a", " "), new([new ChatMessage("user", "b")]), new([new ChatMessage("assistant", "c")]), Talk("d", "e")];
        Assert.Equal([some[3]], SampleReplies.Pick(some, 5));
    }

    [Fact]
    public void A_split_of_a_file_is_read_with_its_limits()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["rows.jsonl"], Enumerable.Range(0, 10).Select(i => $$$"""{"messages":[{"role":"user","content":"q{{{i}}}"},{"role":"assistant","content":"a{{{i}}}"}]}"""));
        var source = new ExampleSource { Train = [folder["rows.jsonl"]] };
        Assert.Equal(["q2", "q7"], SampleReplies.Pick(source, Split.Train, 2).Select(one => one.Messages[0].Content));
        Assert.Empty(SampleReplies.Pick(source, Split.Test, 2));
    }

    [Fact]
    public async Task Replies_are_the_engines_and_go_with_their_conversations()
    {
        using var model = OpenModel.Open(TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/SmolLM2-135M-Instruct.Q4_1.gguf"));
        Conversation[] talks =
        [
            new([new ChatMessage("user", "What is the capital of France?"), new ChatMessage("assistant", "Rome."), new ChatMessage("user", "Are you sure? Answer with one word."), new ChatMessage("assistant", "No.")]),
            Talk("Say hello.", "Hello."),
        ];
        var replies = SampleReplies.Of(model, talks, null, TestContext.Current.CancellationToken);
        var samples = SampleReplies.Pair(talks, replies, ["x", "y"]);
        Assert.Equal(["user", "assistant", "user"], samples[0].Prompt.Select(message => message.Role));
        Assert.Equal("No.", samples[0].Reference);
        Assert.Equal((replies[1], "y"), (samples[1].Before, samples[1].After));

        // By itself, through the engine.
        using var engine = new Engine(model);
        int[] prompt = model.Tokenizer.Encode(model.Template.Render([new ChatMessage("user", "Say hello.")], new ChatTemplateArguments { AddGenerationPrompt = true }).Text, addSpecialTokens: false).Ids;
        var options = new GenerationOptions { MaxNewTokens = SampleReplies.MaxNewTokens, EosTokenIds = model.EndTokenIds };
        var alone = (await engine.GenerateAsync([prompt], options, null, TestContext.Current.CancellationToken))[0][0];
        Assert.NotEmpty(replies[1]);
        Assert.Equal(model.Tokenizer.Decode([.. alone.Tokens]).Trim(), replies[1].Replace(" …", "", StringComparison.Ordinal));
    }

    private static Conversation Talk(string question, string answer) => new([new ChatMessage("user", question), new ChatMessage("assistant", answer)]);
}
