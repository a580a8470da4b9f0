using Attune.Models;
using Attune.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Generation;

public sealed class EngineTests : IDisposable
{
    private static readonly GenerationOptions Sampled = new() { DoSample = true, Temperature = 1.3, MaxNewTokens = 12, Seed = 11 };
    private readonly LanguageModel model = ModelLoader.Load(TestPaths.SharedOrSkip("parity/_models/llama-generate"), float32, float32).Model;
    private readonly Engine engine;

    public EngineTests() => engine = new Engine(model);

    public void Dispose()
    {
        engine.Dispose();
        model.Dispose();
    }

    [Fact]
    public async Task A_seed_gives_the_same_tokens_alone_and_beside_others()
    {
        int[][] prompts = [[5, 6, 7], [22, 42, 62, 33, 35], [9]];
        var together = await engine.GenerateAsync(prompts, Sampled, cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < prompts.Length; i++)
        {
            var alone = await engine.GenerateAsync([prompts[i]], Sampled, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(together[i][0].Tokens, alone[0][0].Tokens);
        }

        var other = await engine.GenerateAsync([prompts[0]], Sampled with { Seed = 12 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEqual(together[0][0].Tokens, other[0][0].Tokens);
    }

    [Fact]
    public async Task Several_sequences_of_a_prompt_differ_and_the_first_is_the_one_alone()
    {
        var several = (await engine.GenerateAsync([[3, 4]], Sampled with { NumReturnSequences = 4 }, cancellationToken: TestContext.Current.CancellationToken))[0];
        var one = (await engine.GenerateAsync([[3, 4]], Sampled, cancellationToken: TestContext.Current.CancellationToken))[0];
        Assert.Equal(4, several.Count);
        Assert.Equal(one[0].Tokens, several[0].Tokens);
        Assert.Equal(4, several.Select(sequence => string.Join(',', sequence.Tokens)).Distinct().Count());
    }

    [Fact]
    public async Task More_prompts_than_go_together_give_what_each_gives_alone()
    {
        int[][] prompts = [.. Enumerable.Range(1, 70).Select(i => Enumerable.Range(i, 1 + (i % 5)).ToArray())];
        var options = new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [42] };
        var rows = new HashSet<int>();
        var all = await engine.GenerateAsync(prompts, options, token => rows.Add(token.Row), TestContext.Current.CancellationToken);
        Assert.Equal(70, rows.Count);
        foreach (int i in new[] { 0, 63, 64, 69 })
        {
            Assert.Equal((await engine.GenerateAsync([prompts[i]], options, cancellationToken: TestContext.Current.CancellationToken))[0][0].Tokens, all[i][0].Tokens);
        }
    }

    [Fact]
    public async Task A_stream_gives_the_tokens_of_the_whole_and_says_why_it_ends()
    {
        var whole = (await engine.GenerateAsync([[7, 8]], Sampled, cancellationToken: TestContext.Current.CancellationToken))[0][0];
        var tokens = new List<GeneratedToken>();
        await foreach (var token in engine.StreamAsync([7, 8], Sampled, TestContext.Current.CancellationToken))
        {
            tokens.Add(token);
        }

        Assert.Equal(whole.Tokens, tokens.Select(token => token.Id));
        Assert.All(tokens.SkipLast(1), token => Assert.Null(token.Finish));
        Assert.Equal(FinishReason.Length, tokens[^1].Finish);
    }

    [Fact]
    public async Task Cancelling_stops_between_tokens_and_leaves_the_engine_usable()
    {
        using var cancel = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.GenerateAsync([[7]], new GenerationOptions { MaxNewTokens = 50 }, _ =>
        {
            if (++seen == 3)
            {
                cancel.Cancel();
            }
        }, cancel.Token));
        Assert.Equal(3, seen);

        await foreach (var token in engine.StreamAsync([7], new GenerationOptions { MaxNewTokens = 50 }, TestContext.Current.CancellationToken))
        {
            break;
        }

        Assert.Equal(2, (await engine.GenerateAsync([[7]], new GenerationOptions { MaxNewTokens = 2 }, cancellationToken: TestContext.Current.CancellationToken))[0][0].Tokens.Count);
    }

    [Fact]
    public async Task A_request_ends_where_the_model_has_no_more_places()
    {
        var sequence = (await engine.GenerateAsync([[7]], new GenerationOptions(), cancellationToken: TestContext.Current.CancellationToken))[0][0];
        Assert.Equal(model.MaxPositions - 1, sequence.Tokens.Count);
        Assert.Equal(FinishReason.Length, sequence.Finish);
    }

    [Fact]
    public async Task Impossible_requests_are_refused_with_a_reason()
    {
        async Task Refused(string message, IReadOnlyList<int> prompt, GenerationOptions options) =>
            Assert.Contains(message, (await Assert.ThrowsAsync<AttuneException>(() => engine.GenerateAsync([prompt], options, cancellationToken: TestContext.Current.CancellationToken))).Message);
        var plain = new GenerationOptions { MaxNewTokens = 4 };
        await Refused("has no tokens", [], plain);
        await Refused("places", new int[model.MaxPositions], plain);
        await Refused("knows 97 tokens", [1, 97], plain);
        await Refused("knows 97 tokens", [-1], plain);
        await Refused("max_length", [1, 2, 3], new GenerationOptions { MaxLength = 3 });
        await Refused("tokenizer", [1], plain with { StopStrings = ["x"] });
        await Refused("no adapter \"coach\"", [1], plain with { Adapter = "coach" });
        await Refused("no next token", [1], plain with { NoRepeatNgramSize = 1, MaxNewTokens = null, EosTokenIds = [.. Enumerable.Range(0, 97)], MinNewTokens = 50 });
    }

    [Fact]
    public async Task A_request_names_its_adapter()
    {
        string folder = TestPaths.SharedOrSkip("parity/adapter/llama-causal-lm-lora-by-row/adapters");
        using var tuned = ModelLoader.Load(TestPaths.SharedOrSkip("parity/_models/train-llama"), float32, float32).Model;
        using var adapters = new AdapterSet(tuned);
        adapters.Add("coach", Path.Combine(folder, "a"));
        adapters.Add("nurse", Path.Combine(folder, "b"));
        using var both = new Engine(tuned, null, adapters);
        async Task<string> Reply(string? adapter) => string.Join(' ', (await both.GenerateAsync([[1, 2, 3]],
            new GenerationOptions { MaxNewTokens = 12, Adapter = adapter }, cancellationToken: TestContext.Current.CancellationToken))[0][0].Tokens);
        string plain = await Reply(null), coach = await Reply("coach"), nurse = await Reply("nurse");
        Assert.Equal(3, new[] { plain, coach, nurse }.Distinct().Count());
        Assert.Equal(plain, await Reply(null));
        Assert.Contains("did you mean coach?", (await Assert.ThrowsAsync<AttuneException>(() => Reply("choach"))).Message);
        adapters.Merge("coach");
        Assert.Equal(coach, await Reply(null));
    }

    [Fact]
    public async Task A_closed_engine_stops_what_runs_and_takes_no_more()
    {
        var closed = new Engine(model);
        using var begun = new ManualResetEventSlim();
        var running = closed.GenerateAsync([[7]], new GenerationOptions { MaxNewTokens = 50 }, _ =>
        {
            begun.Set();
            Thread.Sleep(5);
        }, TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        closed.Dispose();
        closed.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => closed.GenerateAsync([[7]], new GenerationOptions(), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_is_left_behind()
    {
        var options = new GenerationOptions { MaxNewTokens = 8, EosTokenIds = [42], DoSample = true, NumReturnSequences = 3, Seed = 1 };
        var alive = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            // A callback runs on the engine's thread, whose tensors are counted.
            long? first = null;
            await engine.GenerateAsync([[1, 2], [3]], options, _ => first ??= DisposeScopeManager.Statistics.ThreadTotalLiveCount, TestContext.Current.CancellationToken);
            await engine.GenerateAsync([[1, 2], [3]], options with { DoSample = false, NumBeams = 3 }, cancellationToken: TestContext.Current.CancellationToken);
            alive.Add(first!.Value);
        }

        Assert.Equal(alive[1], alive[2]);
        Assert.Equal(alive[1], alive[3]);
    }
}
