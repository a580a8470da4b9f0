namespace Attune.Evaluation;

/// <summary>A report as a run on the counselling conversations leaves it.</summary>
internal static class ExampleReport
{
    public static Report Make(double heldOutShift = -0.3, double generalShift = 0.004, int rows = 100, int steps = 1200, int samples = 3)
    {
        var random = new Random(3);
        TokenLoss[] before = [.. Enumerable.Range(0, rows).Select(_ => Row(random, 3.2361, 60 + random.Next(280)))];
        TokenLoss[] general = [.. Enumerable.Range(0, 27).Select(_ => Row(random, 3.344, 255))];
        return new Report
        {
            Name = "counsel",
            Folder = "runs/counsel",
            Created = new DateTimeOffset(2027, 1, 14, 9, 30, 0, TimeSpan.Zero),
            Model = new() { Source = "HuggingFaceTB/SmolLM2-135M-Instruct", Family = "llama", Parameters = 134_515_008, Precision = "bfloat16", Licence = "apache-2.0", BaseModel = "HuggingFaceTB/SmolLM2-135M" },
            Method = new() { Name = "lora", IsAdapter = true, TrainedParameters = 4_884_480, Settings = [new("Rank", "16"), new("Alpha", "32"), new("Targets", "all-linear"), new("Dropout", "0")] },
            Data = new() { Files = ["data/counsel_chat.csv"], TrainRows = 1834, ValidationRows = 100, TestRows = 0, TrainTokens = 546_446, TrainedTokens = 351_305, HeldOut = "validation", ChosenByHeldOut = true, Truncated = 212, LeftOut = 7, General = "builtin:general" },
            Settings = [new("Learning rate", "0.0002, cosine, 3 % warm-up"), new("Batch", "8 rows"), new("Longest row", "512 tokens"), new("Optimizer", "adamw, decay 0, gradient norm at most 1")],
            Before = new() { HeldOut = RowLosses.Of(before), General = RowLosses.Of(general), Seconds = 31 },
            After = new() { HeldOut = RowLosses.Of(Shift(random, before, heldOutShift)), General = RowLosses.Of(Shift(random, general, generalShift)), Seconds = 32 },
            Curves = Curves(random, steps),
            Samples = [.. Enumerable.Range(0, samples).Select(Sample)],
            Cost = new() { TrainSeconds = 2310, TotalSeconds = 2544, Steps = steps, PlannedSteps = steps + 200, KeptStep = steps - 200, Tokens = 2_381_992, TrainedTokens = 1_530_111, PeakMemory = 3_412_000_000, PeakShare = 0.382, Machine = "AMD EPYC, 2 cores, CPU" },
            Notes = ["212 rows were longer than 512 tokens and were cut; their ends were not trained.", "Training stopped early at step 1,200 of 1,400: three measurements brought nothing better."],
            Versions = new() { Attune = "0.1.0", Libtorch = "2.10.0", Runtime = ".NET 10.0.1", System = "Debian GNU/Linux 12 (linux-x64)" },
        }.Compare();
    }

    private static TokenLoss Row(Random random, double mean, int tokens) => new(tokens * (mean + (0.5 * (random.NextDouble() - 0.5))), tokens);

    private static TokenLoss[] Shift(Random random, TokenLoss[] rows, double shift) => [.. rows.Select(row => row with { Sum = row.Sum + (row.Count * (shift + (0.3 * (random.NextDouble() - 0.5)))) })];

    private static CurveData Curves(Random random, int steps) => new()
    {
        TrainLoss = Curve(steps, step => 2.85 + (0.4 * Math.Exp(-step / 150.0)) + (0.25 * (random.NextDouble() - 0.5))),
        ValidationLoss = [.. Enumerable.Range(1, steps / 100).Select(i => new CurvePoint(100 * i, Valid(i), Valid(i), Valid(i)))],
        LearningRate = Curve(steps, step => 2e-4 * (step < 40 ? step / 40.0 : (1 + Math.Cos(Math.PI * step / steps)) / 2)),
        GradNorm = Curve(steps, step => 0.8 + random.NextDouble() + (random.Next(200) == 0 ? 4 : 0)),
        TokensPerSecond = Curve(steps, _ => 1030 + (120 * (random.NextDouble() - 0.5))),
    };

    private static double Valid(int i) => 2.93 + (0.3 * Math.Exp(-i / 2.0)) + (i > 9 ? 0.01 * (i - 9) : 0);

    private static IReadOnlyList<CurvePoint> Curve(int steps, Func<int, double> value) => CurveData.Thin([.. Enumerable.Range(1, steps).Select(step => ((long)step, value(step)))]);

    private static SampleReply Sample(int index) => index switch
    {
        0 => new()
        {
            Prompt = [new("user", "How do I stop worrying about work at night?\n\nI lie awake until two or three in the morning going over everything I said during the day, and then I am too tired to do anything well, which gives me more to worry about.\n\n" + string.Join(" ", Enumerable.Repeat("It began when the new manager came, and it has not stopped since, although nobody has said anything to me.", 10)))],
            Reference = "It sounds exhausting. Worry tends to grow in the dark, when there is nothing to be done about it. Try giving it a place in the day: fifteen minutes after dinner with a sheet of paper, what I worry about, what I can do, and when. At night you may then say to yourself that it has its time tomorrow.",
            Before = "Worrying about work at night is a common problem. Here are some tips:\n\n1. **Make a list**: Write down everything you need to do.\n2. **Set boundaries**: Avoid checking your email after work.\n3. **Practice relaxation**: Try deep breathing, meditation, or yoga.\n4. **Get enough sleep**: Aim for 7 to 9 hours.\n5. **Seek support**: Talk to a friend …",
            After = "That sounds very tiring, and I can hear how it goes round: the worry takes the sleep, and the tiredness feeds the worry. One small thing that helps many people is to write down, before bed, the one thing that you will do first tomorrow. What would it be for you?",
        },
        1 => new()
        {
            Prompt = [new("user", "My sister does not talk to me any more."), new("assistant", "I am sorry. When did that begin?"), new("user", "After our mother's funeral. She said that I had never been there.")],
            Reference = "That must have hurt, and at such a time. Do you know what she meant by it?",
            Before = "I'm sorry to hear that. Losing a parent is a very difficult experience, and it's not uncommon for siblings to have conflicts during this time.",
            After = "That is a hard sentence to carry, and grief makes it heavier. Was there some truth in it for you, or did it come out of nowhere?",
        },
        _ => new() { Prompt = [new("user", "هل يمكنك مساعدتي؟")], Reference = "نعم، بالطبع.", Before = "", After = "Yes. What is on your mind?" },
    };
}
